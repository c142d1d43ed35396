import FoundationEssentials
import RPC
import SwiftProtobuf
import VaultAPI

extension TestServer {
    static let password = "secret"

    /// Runs `body` with an unsealed vault in which users can log in.
    static func withLogins(_ body: (TestServer) async throws -> Void) async throws {
        try await withUnsealed { (server) async throws in
            try await server.makeUser("root")
            let _: Etcdserverpb_AuthUserGrantRoleResponse = try await server.call(
                Methods.Auth.userGrantRole,
                Etcdserverpb_AuthUserGrantRoleRequest.with {
                    $0.user = "root"
                    $0.role = "root"
                })
            let _: Etcdserverpb_AuthEnableResponse = try await server.call(
                Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
            try await body(server)
        }
    }

    private func makeUser(_ name: String) async throws {
        let _: Etcdserverpb_AuthUserAddResponse = try await call(
            Methods.Auth.userAdd,
            Etcdserverpb_AuthUserAddRequest.with {
                $0.name = name
                $0.password = Self.password
            })
    }

    /// A new user, and a role of the same name with these permissions.
    func somebody(_ name: String, _ grants: [Grant] = []) async throws -> Somebody {
        try await makeUser(name)
        let _: Etcdserverpb_AuthRoleAddResponse = try await call(
            Methods.Auth.roleAdd, Etcdserverpb_AuthRoleAddRequest.with { $0.name = name })
        for grant in grants { try await allow(name, grant) }
        let _: Etcdserverpb_AuthUserGrantRoleResponse = try await call(
            Methods.Auth.userGrantRole,
            Etcdserverpb_AuthUserGrantRoleRequest.with {
                $0.user = name
                $0.role = name
            })
        return try await logIn(name)
    }

    func logIn(_ name: String) async throws -> Somebody {
        let answer: Etcdserverpb_AuthenticateResponse = try await call(
            Methods.Auth.authenticate,
            Etcdserverpb_AuthenticateRequest.with {
                $0.name = name
                $0.password = Self.password
            })
        return Somebody(server: self, name: name, metadata: ["token": answer.token])
    }

    /// A user of that name again, after it was deleted, with nothing that it may do.
    func logInAgain(_ name: String) async throws -> Somebody {
        try await makeUser(name)
        return try await logIn(name)
    }

    func allow(_ role: String, _ grant: Grant) async throws {
        let _: Etcdserverpb_AuthRoleGrantPermissionResponse = try await call(
            Methods.Auth.roleGrantPermission,
            Etcdserverpb_AuthRoleGrantPermissionRequest.with {
                $0.name = role
                $0.perm.permType = grant.kind
                $0.perm.key = Data(grant.key.utf8)
                $0.perm.rangeEnd = Data(grant.end.utf8)
            })
    }

    func deny(_ role: String, _ key: String, _ end: String = "") async throws {
        let _: Etcdserverpb_AuthRoleRevokePermissionResponse = try await call(
            Methods.Auth.roleRevokePermission,
            Etcdserverpb_AuthRoleRevokePermissionRequest.with {
                $0.role = role
                $0.key = Data(key.utf8)
                $0.rangeEnd = Data(end.utf8)
            })
    }

    func deleteUser(_ name: String) async throws {
        let _: Etcdserverpb_AuthUserDeleteResponse = try await call(
            Methods.Auth.userDelete, Etcdserverpb_AuthUserDeleteRequest.with { $0.name = name })
    }

    /// A lease with these keys on it.
    func lease(_ keys: [String]) async throws -> Int64 {
        let lease: Etcdserverpb_LeaseGrantResponse = try await call(
            Methods.Lease.leaseGrant, Etcdserverpb_LeaseGrantRequest.with { $0.ttl = 600 })
        for key in keys {
            var put = Requests.put(key, "leased")
            put.lease = lease.id
            let _: Etcdserverpb_PutResponse = try await call(Methods.KV.put, put)
        }
        return lease.id
    }
}
