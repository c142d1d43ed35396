import Glibc

/// The system's databases of users and groups (nsswitch.conf(5)).
///
/// Every call may block for as long as they like: a database may be on another machine. Never call
/// from a thread that serves others, or while holding a lock.
public struct AccountNames: Sendable {
    /// Asks the databases of this system.
    public init() {}

    /// The number of the user called `name`; nil when nobody is.
    public func userID(named name: String) throws(AccountNamesError) -> UInt32? {
        guard Self.isWhole(name) else { return nil }
        return try Self.entry(passwd()) { entry, buffer, capacity, result in
            getpwnam_r(name, entry, buffer, capacity, result)
        } read: {
            $0.pw_uid
        }
    }

    /// The number of the group called `name`; nil when none is.
    public func groupID(named name: String) throws(AccountNamesError) -> UInt32? {
        guard Self.isWhole(name) else { return nil }
        return try Self.entry(group()) { entry, buffer, capacity, result in
            getgrnam_r(name, entry, buffer, capacity, result)
        } read: {
            $0.gr_gid
        }
    }

    /// What the user is called; nil when it has no name.
    public func userName(of userID: UInt32) throws(AccountNamesError) -> String? {
        try Self.entry(passwd()) { entry, buffer, capacity, result in
            getpwuid_r(userID, entry, buffer, capacity, result)
        } read: {
            String(cString: $0.pw_name)
        }
    }

    /// What the group is called; nil when it has no name.
    public func groupName(of groupID: UInt32) throws(AccountNamesError) -> String? {
        try Self.entry(group()) { entry, buffer, capacity, result in
            getgrgid_r(groupID, entry, buffer, capacity, result)
        } read: {
            String(cString: $0.gr_name)
        }
    }

    /// Everything that rules can say of a peer: user, groups (the effective one first), unit, each
    /// as number and, where there is a name that rules can use, as name. Asks once a group.
    public func principals(
        of identity: PeerIdentity, unit: String?
    ) throws(AccountNamesError) -> [Principal] {
        var principals: [Principal] = []
        if identity.userID != PeerIdentity.unmappedID {
            principals.append(.userID(identity.userID))
            if let name = try userName(of: identity.userID), let user = Principal("user:\(name)") {
                principals.append(user)
            }
        }
        var seen: Set<UInt32> = [PeerIdentity.unmappedID]
        for id in [identity.groupID] + identity.groups where seen.insert(id).inserted {
            principals.append(.groupID(id))
            if let name = try groupName(of: id), let group = Principal("group:\(name)") {
                principals.append(group)
            }
        }
        if let unit { principals.append(.unit(unit)) }
        return principals
    }

    /// Nothing would be cut off on the way to C.
    private static func isWhole(_ name: String) -> Bool { !name.utf8.contains(0) }

    /// Calls `find` with more and more room until the entry fits, and `read` with what was found
    /// while its text is there.
    private static func entry<Entry, Value>(
        _ empty: Entry,
        find: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
        ) -> Int32,
        read: (Entry) -> Value
    ) throws(AccountNamesError) -> Value? {
        var capacity = IdentityLimits.accountEntryBytesFirst
        var interruptions = 0
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            defer { buffer.deallocate() }
            var entry = empty
            var found: UnsafeMutablePointer<Entry>?
            switch find(&entry, buffer, capacity, &found) {
            case 0: return found.map { read($0.pointee) }
            // What some databases say for a name that they do not have (getpwnam(3)).
            case ENOENT, ESRCH: return nil
            case ERANGE:
                guard capacity < IdentityLimits.accountEntryBytesMax else { throw .entryTooLarge }
                capacity *= 4
            case EINTR where interruptions < IdentityLimits.interruptionsMax: interruptions += 1
            case let failure: throw .system(errno: failure)
            }
        }
    }
}
