extension AccessBook {
    /// The book that `encode` made these bytes of. Everything else is `.damaged`, also what a
    /// longer way to say the same would be; a book of another version is `.unsupportedFormat`, and
    /// a password's hash out of bounds `.unsafePasswordCost`.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(AccessError) {
        guard bytes.count <= AccessLimits.bookBytesMax else {
            throw .bookTooLarge(max: AccessLimits.bookBytesMax)
        }
        var reader = AccessBookReader(bytes)
        let format = try reader.number(UInt8.self)
        guard format == Self.format else { throw .unsupportedFormat(format) }
        let flags = try reader.number(UInt8.self)
        guard flags & ~Self.loginFlag == 0 else { throw .damaged(what: "unknown flags") }
        let revision = try reader.number(UInt64.self)
        guard revision > 0, revision < .max else { throw .damaged(what: "the revision") }
        let roleCount = try reader.count(UInt32.self, max: AccessLimits.rolesMax)
        let userCount = try reader.count(UInt32.self, max: AccessLimits.usersMax)
        let roles = try reader.roles(roleCount)
        let users = try reader.users(userCount)
        guard reader.isAtEnd else { throw .damaged(what: "bytes after the last user") }
        self.init(
            decodedRevision: revision, isPasswordLoginEnabled: flags & Self.loginFlag != 0,
            users: users, roles: roles)
        try checkDecoded()
    }

    private func checkDecoded() throws(AccessError) {
        let roleNames = Set(roles.map(\.accessName))
        for user in users {
            for role in user.roleNames where role != .root && !roleNames.contains(role) {
                throw .damaged(what: "a user has a role that does not exist")
            }
        }
        guard isPasswordLoginEnabled else { return }
        guard let root = userPlace(.root), users[root].isRoot else {
            throw .damaged(what: "logins are on without a root user")
        }
    }
}

extension AccessBookReader {
    fileprivate mutating func roles(_ count: Int) throws(AccessError) -> [AccessRole] {
        var roles: [AccessRole] = []
        for _ in 0..<count {
            let role = AccessRole(try name(), permissions: try permissions())
            try Self.check("a role's name") { () throws(AccessError) in
                try role.accessName.checkRole()
            }
            if let last = roles.last, last.accessName >= role.accessName {
                throw .damaged(what: "roles out of order")
            }
            roles.append(role)
        }
        return roles
    }

    private mutating func permissions() throws(AccessError) -> [Permission] {
        let count = try count(UInt32.self, max: AccessLimits.permissionsPerRoleMax)
        var permissions: [Permission] = []
        for _ in 0..<count {
            guard let kind = PermissionKind(rawValue: try number()) else {
                throw .damaged(what: "an unknown kind of permission")
            }
            let key = try bytes(UInt32.self, max: AccessLimits.keyBytesMax)
            let rangeEnd = try bytes(UInt32.self, max: AccessLimits.keyBytesMax)
            let permission = try Self.check("a permission") { () throws(AccessError) in
                try Permission(kind, key: Array(key), rangeEnd: Array(rangeEnd))
            }
            if let last = permissions.last { try Self.checkOrder(last, permission) }
            permissions.append(permission)
        }
        return permissions
    }

    private static func checkOrder(
        _ last: Permission, _ next: Permission
    ) throws(AccessError) {
        guard Permission.isBefore(last, next) else {
            throw .damaged(what: "permissions out of order")
        }
        if last.hasSameRange(as: next), last.kind != .write || next.kind != .get {
            throw .damaged(what: "two permissions where one would do")
        }
    }

    fileprivate mutating func users(_ count: Int) throws(AccessError) -> [AccessUser] {
        var users: [AccessUser] = []
        for _ in 0..<count {
            let user = AccessUser(
                try name(), passwordHash: try passwordHash(), roleNames: try roleNames())
            try Self.check("a user's name") { () throws(AccessError) in
                try user.accessName.checkUser(hasPassword: user.passwordHash != nil)
            }
            if let last = users.last, last.accessName >= user.accessName {
                throw .damaged(what: "users out of order")
            }
            users.append(user)
        }
        return users
    }

    private mutating func passwordHash() throws(AccessError) -> PasswordHash? {
        switch try number(UInt8.self) {
        case 0: return nil
        case 1: break
        default: throw .damaged(what: "whether a user has a password")
        }
        guard try number(UInt8.self) == PasswordHash.algorithm else {
            throw .damaged(what: "an unknown kind of password hash")
        }
        return try PasswordHash(
            operations: try number(), memory: try number(),
            salt: Array(try take(PasswordHash.saltCount)),
            digest: Array(try take(PasswordHash.digestCount)))
    }

    private mutating func roleNames() throws(AccessError) -> [AccessName] {
        let count = try count(UInt16.self, max: AccessLimits.rolesPerUserMax)
        var names: [AccessName] = []
        for _ in 0..<count {
            let name = try name()
            if let last = names.last, last >= name {
                throw .damaged(what: "roles of a user out of order")
            }
            names.append(name)
        }
        return names
    }
}
