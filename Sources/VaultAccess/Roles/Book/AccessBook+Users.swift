extension AccessBook {
    mutating func add(
        userNamed name: AccessName, passwordHash: PasswordHash?
    ) throws(AccessError) {
        try name.checkUser(hasPassword: passwordHash != nil)
        let place = users.partitionPoint { $0.accessName < name }
        guard place == users.count || users[place].accessName != name else { throw .userExists }
        guard users.count < AccessLimits.usersMax else {
            throw .tooManyUsers(max: AccessLimits.usersMax)
        }
        users.insert(AccessUser(name, passwordHash: passwordHash), at: place)
    }

    mutating func delete(userNamed name: AccessName) throws(AccessError) {
        guard !isPasswordLoginEnabled || name != .root else { throw .invalidManagement }
        users.remove(at: try place(ofUser: name))
    }

    mutating func set(
        passwordHash: PasswordHash, ofUser name: AccessName
    ) throws(AccessError) {
        let place = try place(ofUser: name)
        guard name.principal == nil else { throw .principalWithPassword }
        if users[place].passwordHash != nil { users[place].passwordHash = passwordHash }
    }

    /// False when the user has the role already. The role "root" needs not exist.
    mutating func grant(_ role: AccessName, toUser name: AccessName) throws(AccessError) -> Bool {
        let place = try place(ofUser: name)
        if role != .root { _ = try self.place(ofRole: role) }
        guard !users[place].has(role) else { return false }
        guard users[place].roleNames.count < AccessLimits.rolesPerUserMax else {
            throw .tooManyRolesOfUser(max: AccessLimits.rolesPerUserMax)
        }
        users[place].add(role)
        return true
    }

    mutating func revoke(_ role: AccessName, fromUser name: AccessName) throws(AccessError) {
        guard !isPasswordLoginEnabled || name != .root || role != .root else {
            throw .invalidManagement
        }
        let place = try place(ofUser: name)
        guard users[place].has(role) else { throw .roleNotGranted }
        users[place].remove(role)
    }
}
