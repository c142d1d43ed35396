public import VaultAPI

extension VaultConnection {
    /// Whether users can log in with a password.
    public func authStatus() async throws(VaultClientError) -> Etcdserverpb_AuthStatusResponse {
        try await call(Methods.Auth.authStatus, Etcdserverpb_AuthStatusRequest())
    }

    /// Lets users log in with a password.
    public func authEnable() async throws(VaultClientError) {
        let _: Etcdserverpb_AuthEnableResponse = try await call(
            Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
    }

    /// Lets nobody log in with a password any more.
    public func authDisable() async throws(VaultClientError) {
        let _: Etcdserverpb_AuthDisableResponse = try await call(
            Methods.Auth.authDisable, Etcdserverpb_AuthDisableRequest())
    }

    /// Makes a user.
    public func userAdd(_ request: Etcdserverpb_AuthUserAddRequest) async throws(VaultClientError) {
        let _: Etcdserverpb_AuthUserAddResponse = try await call(
            Methods.Auth.userAdd, request, timeout: Self.passwordTimeout)
    }

    /// The roles of a user.
    public func userGet(_ name: String) async throws(VaultClientError) -> [String] {
        var request = Etcdserverpb_AuthUserGetRequest()
        request.name = name
        let response: Etcdserverpb_AuthUserGetResponse = try await call(
            Methods.Auth.userGet, request)
        return response.roles
    }

    /// The names of all users.
    public func userList() async throws(VaultClientError) -> [String] {
        let response: Etcdserverpb_AuthUserListResponse = try await call(
            Methods.Auth.userList, Etcdserverpb_AuthUserListRequest())
        return response.users
    }

    /// Removes a user.
    public func userDelete(_ name: String) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthUserDeleteRequest()
        request.name = name
        let _: Etcdserverpb_AuthUserDeleteResponse = try await call(
            Methods.Auth.userDelete, request)
    }

    /// Gives a user another password; who is logged in as that user is logged out.
    public func userChangePassword(_ login: Login) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthUserChangePasswordRequest()
        request.name = login.name
        request.password = login.password
        let _: Etcdserverpb_AuthUserChangePasswordResponse = try await call(
            Methods.Auth.userChangePassword, request, timeout: Self.passwordTimeout)
    }

    /// Gives a user a role.
    public func userGrantRole(
        _ role: String, to user: String
    ) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthUserGrantRoleRequest()
        request.user = user
        request.role = role
        let _: Etcdserverpb_AuthUserGrantRoleResponse = try await call(
            Methods.Auth.userGrantRole, request)
    }

    /// Takes a role from a user.
    public func userRevokeRole(
        _ role: String, from user: String
    ) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthUserRevokeRoleRequest()
        request.name = user
        request.role = role
        let _: Etcdserverpb_AuthUserRevokeRoleResponse = try await call(
            Methods.Auth.userRevokeRole, request)
    }

    /// Makes a role.
    public func roleAdd(_ name: String) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthRoleAddRequest()
        request.name = name
        let _: Etcdserverpb_AuthRoleAddResponse = try await call(Methods.Auth.roleAdd, request)
    }

    /// What a role allows.
    public func roleGet(_ name: String) async throws(VaultClientError) -> [Authpb_Permission] {
        var request = Etcdserverpb_AuthRoleGetRequest()
        request.role = name
        let response: Etcdserverpb_AuthRoleGetResponse = try await call(
            Methods.Auth.roleGet, request)
        return response.perm
    }

    /// The names of all roles.
    public func roleList() async throws(VaultClientError) -> [String] {
        let response: Etcdserverpb_AuthRoleListResponse = try await call(
            Methods.Auth.roleList, Etcdserverpb_AuthRoleListRequest())
        return response.roles
    }

    /// Removes a role.
    public func roleDelete(_ name: String) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthRoleDeleteRequest()
        request.role = name
        let _: Etcdserverpb_AuthRoleDeleteResponse = try await call(
            Methods.Auth.roleDelete, request)
    }

    /// Lets a role do something with a range of keys; replaces what it could do with that range.
    public func roleGrant(
        _ permission: Authpb_Permission, to role: String
    ) async throws(VaultClientError) {
        var request = Etcdserverpb_AuthRoleGrantPermissionRequest()
        request.name = role
        request.perm = permission
        let _: Etcdserverpb_AuthRoleGrantPermissionResponse = try await call(
            Methods.Auth.roleGrantPermission, request)
    }

    /// Takes from a role what it could do with exactly that range.
    public func roleRevoke(
        _ request: Etcdserverpb_AuthRoleRevokePermissionRequest
    ) async throws(VaultClientError) {
        let _: Etcdserverpb_AuthRoleRevokePermissionResponse = try await call(
            Methods.Auth.roleRevokePermission, request)
    }
}
