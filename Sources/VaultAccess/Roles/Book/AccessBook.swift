/// The users of a vault, their roles, and what those allow: etcd's auth store, without the store.
///
///     user "uid:1000"  roles ["app"]    role "app"  read "/app/" ..< "/app0", get "/shared/key"
///
/// A value: whoever holds it decides when a changed one counts, and `AccessRules` decides with it.
public struct AccessBook: Equatable, Sendable {
    /// etcd's auth revision: 1 at first, and one more with each change that is not just a repeat.
    public internal(set) var revision: UInt64 = 1

    /// Whether users can log in with passwords: etcd's "auth enabled". What users may do holds
    /// always, and the kernel's word on callers, too.
    public internal(set) var isPasswordLoginEnabled = false

    /// Sorted by the bytes of their names.
    public internal(set) var users: [AccessUser] = []
    public internal(set) var roles: [AccessRole] = []

    /// A book in which these principals are root and nobody else is anything.
    ///
    /// Throws `.unmappedPrincipal` and `.tooManyUsers`.
    public init(administrators: [Principal] = []) throws(AccessError) {
        for administrator in administrators {
            let name = AccessName(administrator.description)
            guard userPlace(name) == nil else { continue }
            try add(userNamed: name, passwordHash: nil)
            users[try place(ofUser: name)].add(.root)
        }
    }

    /// A book of what was decoded, which the decoder has checked.
    init(
        decodedRevision revision: UInt64, isPasswordLoginEnabled: Bool, users: [AccessUser],
        roles: [AccessRole]
    ) {
        self.revision = revision
        self.isPasswordLoginEnabled = isPasswordLoginEnabled
        self.users = users
        self.roles = roles
    }

    // MARK: - Looking up

    public func user(named name: String) -> AccessUser? {
        userPlace(AccessName(name)).map { users[$0] }
    }

    public func role(named name: String) -> AccessRole? {
        rolePlace(AccessName(name)).map { roles[$0] }
    }

    func userPlace(_ name: AccessName) -> Int? {
        let place = users.partitionPoint { $0.accessName < name }
        return place < users.count && users[place].accessName == name ? place : nil
    }

    func rolePlace(_ name: AccessName) -> Int? {
        let place = roles.partitionPoint { $0.accessName < name }
        return place < roles.count && roles[place].accessName == name ? place : nil
    }

    func place(ofUser name: AccessName) throws(AccessError) -> Int {
        guard let place = userPlace(name) else { throw .userNotFound }
        return place
    }

    func place(ofRole name: AccessName) throws(AccessError) -> Int {
        guard let place = rolePlace(name) else { throw .roleNotFound }
        return place
    }

    // MARK: - Changing

    /// Makes the change, whole or not at all. True when the book is another one than before, and
    /// must be written; a repeat that etcd ignores, too, is false.
    ///
    /// Throws etcd's errors for etcd's reasons, and for what this vault does not take.
    @discardableResult
    public mutating func apply(_ change: AccessChange) throws(AccessError) -> Bool {
        var next = self
        guard try next.make(change) else { return false }
        guard next.encodedByteCount <= AccessLimits.bookBytesMax else {
            throw .bookTooLarge(max: AccessLimits.bookBytesMax)
        }
        // Turning logins on changes nothing that anybody may do: etcd does not count it.
        if change != .enableLogin { next.revision += 1 }
        self = next
        return true
    }

    private mutating func make(_ change: AccessChange) throws(AccessError) -> Bool {
        switch change {
        case .addUser(let name, let hash):
            try add(userNamed: AccessName(name), passwordHash: hash)
        case .deleteUser(let name): try delete(userNamed: AccessName(name))
        case .changePassword(let name, let hash):
            try set(passwordHash: hash, ofUser: AccessName(name))
        case .grantRole(let user, let role):
            return try grant(AccessName(role), toUser: AccessName(user))
        case .revokeRole(let user, let role):
            try revoke(AccessName(role), fromUser: AccessName(user))
        case .addRole(let name): try add(roleNamed: AccessName(name))
        case .deleteRole(let name): try delete(roleNamed: AccessName(name))
        case .grantPermission(let role, let permission):
            try grant(permission, toRole: AccessName(role))
        case .revokePermission(let role, let key, let rangeEnd):
            try revoke(key: key, rangeEnd: rangeEnd, fromRole: AccessName(role))
        case .enableLogin: return try enableLogin()
        case .disableLogin:
            defer { isPasswordLoginEnabled = false }
            return isPasswordLoginEnabled
        case .allow(let principal, let permission): return try allow(principal, permission)
        case .deny(let principal, let permission): try deny(principal, permission)
        }
        return true
    }

    private mutating func enableLogin() throws(AccessError) -> Bool {
        guard !isPasswordLoginEnabled else { return false }
        guard let root = userPlace(.root) else { throw .rootUserMissing }
        guard users[root].isRoot else { throw .rootRoleMissing }
        isPasswordLoginEnabled = true
        return true
    }
}
