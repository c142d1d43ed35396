/// The numbers that accounts have on this machine now, as far as somebody looked them up. A name
/// without a number is nobody's.
public struct ResolvedNames: Equatable, Sendable {
    /// Of "user:alice" under "alice".
    public var userIDs: [String: UInt32]
    /// Of "group:staff" under "staff".
    public var groupIDs: [String: UInt32]

    public init(userIDs: [String: UInt32] = [:], groupIDs: [String: UInt32] = [:]) {
        self.userIDs = userIDs
        self.groupIDs = groupIDs
    }
}

extension AccessBook {
    /// The accounts by name that must be looked up before rules can be made of the book.
    public var accountNames: (users: [String], groups: [String]) {
        var users: [String] = []
        var groups: [String] = []
        for user in self.users {
            switch user.principal {
            case .user(let name): users.append(name)
            case .group(let name): groups.append(name)
            case .userID, .groupID, .unit, nil: continue
            }
        }
        return (users, groups)
    }
}
