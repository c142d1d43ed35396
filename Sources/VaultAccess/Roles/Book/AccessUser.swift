/// A user: somebody with roles, whom a password or the kernel identifies.
public struct AccessUser: Equatable, Sendable {
    let accessName: AccessName
    /// Nil for principals and for users who cannot log in.
    public internal(set) var passwordHash: PasswordHash?
    /// Sorted by their bytes.
    var roleNames: [AccessName]

    init(_ name: AccessName, passwordHash: PasswordHash? = nil, roleNames: [AccessName] = []) {
        accessName = name
        self.passwordHash = passwordHash
        self.roleNames = roleNames
    }

    public var name: String { accessName.text }

    /// The names of the user's roles, sorted by their bytes.
    public var roles: [String] { roleNames.map(\.text) }

    /// Whom the kernel must see for a connection to be this user; nil for those who log in.
    public var principal: Principal? { accessName.principal }

    /// The user has the role "root", which may do everything.
    public var isRoot: Bool { has(.root) }

    func has(_ role: AccessName) -> Bool {
        let place = roleNames.partitionPoint { $0 < role }
        return place < roleNames.count && roleNames[place] == role
    }

    mutating func add(_ role: AccessName) {
        roleNames.insert(role, at: roleNames.partitionPoint { $0 < role })
    }

    mutating func remove(_ role: AccessName) {
        roleNames.removeAll { $0 == role }
    }
}
