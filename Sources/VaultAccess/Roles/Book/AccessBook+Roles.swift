extension AccessBook {
    mutating func add(roleNamed name: AccessName) throws(AccessError) {
        try name.checkRole()
        let place = roles.partitionPoint { $0.accessName < name }
        guard place == roles.count || roles[place].accessName != name else { throw .roleExists }
        guard roles.count < AccessLimits.rolesMax else {
            throw .tooManyRoles(max: AccessLimits.rolesMax)
        }
        roles.insert(AccessRole(name), at: place)
    }

    mutating func delete(roleNamed name: AccessName) throws(AccessError) {
        guard !isPasswordLoginEnabled || name != .root else { throw .invalidManagement }
        roles.remove(at: try place(ofRole: name))
        for user in users.indices where users[user].has(name) { users[user].remove(name) }
    }

    mutating func grant(_ permission: Permission, toRole name: AccessName) throws(AccessError) {
        try set([permission.kind], onRangeOf: permission, inRole: place(ofRole: name))
    }

    /// Ranges that no permission can have are not found, like all others that are not there.
    mutating func revoke(
        key: [UInt8], rangeEnd: [UInt8], fromRole name: AccessName
    ) throws(AccessError) {
        let place = try place(ofRole: name)
        let count = roles[place].permissions.count
        roles[place].permissions.removeAll { $0.key == key && $0.rangeEnd == rangeEnd }
        guard roles[place].permissions.count < count else { throw .permissionNotGranted }
    }

    private mutating func set(
        _ kinds: [PermissionKind], onRangeOf permission: Permission, inRole place: Int
    ) throws(AccessError) {
        roles[place].set(kinds, onRangeOf: permission)
        guard roles[place].permissions.count <= AccessLimits.permissionsPerRoleMax else {
            throw .tooManyPermissions(max: AccessLimits.permissionsPerRoleMax)
        }
    }

    // MARK: - Principals

    /// False when the principal's role says that already.
    mutating func allow(
        _ principal: Principal, _ permission: Permission
    ) throws(AccessError) -> Bool {
        let name = AccessName(principal.description)
        if userPlace(name) == nil { try add(userNamed: name, passwordHash: nil) }
        if rolePlace(name) == nil { try add(roleNamed: name) }
        let isGranted = try grant(name, toUser: name)
        let role = try place(ofRole: name)
        let old = roles[role].kinds(onRangeOf: permission)
        let new = KindSet(old).union(KindSet(permission.kind)).kinds
        guard new != old else { return isGranted }
        try set(new, onRangeOf: permission, inRole: role)
        return true
    }

    /// Read taken from readwrite leaves write. What is only implied (get by read) cannot be taken.
    mutating func deny(_ principal: Principal, _ permission: Permission) throws(AccessError) {
        let name = AccessName(principal.description)
        guard let role = rolePlace(name) else { throw .permissionNotGranted }
        let old = KindSet(roles[role].kinds(onRangeOf: permission))
        let kind = KindSet(permission.kind)
        guard old.isSuperset(of: kind) else { throw .permissionNotGranted }
        try set(old.subtracting(kind).kinds, onRangeOf: permission, inRole: role)
        try removeIfEmpty(name, role: role)
    }

    /// Others may have been granted the role by name: then it stays, for them.
    private mutating func removeIfEmpty(
        _ name: AccessName, role: Int
    ) throws(AccessError) {
        let isShared = users.contains { $0.accessName != name && $0.has(name) }
        guard roles[role].permissions.isEmpty, !isShared else { return }
        try delete(roleNamed: name)
        if let user = userPlace(name), users[user].roleNames.isEmpty {
            try delete(userNamed: name)
        }
    }
}
