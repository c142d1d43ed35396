import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

/// Tokens are looked at again and again on one connection, and remembered for a moment.
@Suite(.serialized) struct TokenTests {
    @Test func aTokenIsNoGoodOnceThePasswordIsChanged() async throws {
        try await TestServer.withUnsealed { server in
            try await Self.prepare(server)
            let token = try await Self.logIn("alice", server)
            #expect(try await Self.get("a", token: token, server) == nil)
            var change = Etcdserverpb_AuthUserChangePasswordRequest()
            change.name = "alice"
            change.password = "another"
            let _: Etcdserverpb_AuthUserChangePasswordResponse = try await server.call(
                Methods.Auth.userChangePassword, change)
            #expect(try await Self.get("a", token: token, server)?.code == .unauthenticated)
        }
    }

    @Test func aTokenIsNoGoodOnceTheVaultIsSealed() async throws {
        try await TestServer.withUnsealed { server in
            try await Self.prepare(server)
            let token = try await Self.logIn("alice", server)
            #expect(try await Self.get("a", token: token, server) == nil)
            try await server.seal()
            try await server.unseal()
            #expect(try await Self.get("a", token: token, server)?.code == .unauthenticated)
        }
    }

    @Test func rolesThatAreTakenAwayCountAtOnce() async throws {
        try await TestServer.withUnsealed { server in
            try await Self.prepare(server)
            let token = try await Self.logIn("alice", server)
            #expect(try await Self.get("a", token: token, server) == nil)
            var revoke = Etcdserverpb_AuthUserRevokeRoleRequest()
            revoke.name = "alice"
            revoke.role = "of alice"
            let _: Etcdserverpb_AuthUserRevokeRoleResponse = try await server.call(
                Methods.Auth.userRevokeRole, revoke)
            #expect(try await Self.get("a", token: token, server)?.code == .permissionDenied)
        }
    }

    @Test func twoUsersOfOneConnectionAreNotTakenForEachOther() async throws {
        try await TestServer.withUnsealed { server in
            try await Self.prepare(server)
            let alice = try await Self.logIn("alice", server)
            let bob = try await Self.logIn("bob", server)
            for _ in 0..<3 {
                #expect(try await Self.get("a", token: alice, server) == nil)
                #expect(try await Self.get("a", token: bob, server)?.code == .permissionDenied)
                #expect(try await Self.get("b", token: bob, server) == nil)
                let guess = try await Self.get("a", token: alice + "0", server)
                #expect(guess?.code == .unauthenticated)
                // Without a token it is root who asks.
                #expect(try await server.get("a").count == 0)
            }
        }
    }

    /// Libraries have a place of their own for credentials, which etcd looks at too.
    @Test(arguments: ["", "Bearer "])
    func aTokenMayComeAsAuthorization(_ scheme: String) async throws {
        try await TestServer.withUnsealed { server in
            try await Self.prepare(server)
            let alice = try await Self.logIn("alice", server)
            let bob = try await Self.logIn("bob", server)
            let metadata: Metadata = ["authorization": scheme + alice]
            #expect(try await Self.get("a", metadata, server) == nil)
            #expect(try await Self.get("b", metadata, server)?.code == .permissionDenied)
            // `token` comes first, and what is no token is not overlooked: root would be served.
            let both: Metadata = ["authorization": scheme + alice, "token": bob]
            #expect(try await Self.get("a", both, server)?.code == .permissionDenied)
            for wrong in [scheme + "wrong", scheme, "Basic " + alice] {
                let refusal = try await Self.get("a", ["authorization": wrong], server)
                #expect(refusal?.code == .unauthenticated, "\(wrong)")
            }
        }
    }

    /// alice may read "a" and bob "b".
    private static func prepare(_ server: TestServer) async throws {
        for (user, key) in [("root", ""), ("alice", "a"), ("bob", "b")] {
            var add = Etcdserverpb_AuthUserAddRequest()
            add.name = user
            add.password = "password"
            let _: Etcdserverpb_AuthUserAddResponse = try await server.call(
                Methods.Auth.userAdd, add)
            var grant = Etcdserverpb_AuthUserGrantRoleRequest()
            grant.user = user
            grant.role = user == "root" ? "root" : "of \(user)"
            if user != "root" { try await makeRole(grant.role, key, server) }
            let _: Etcdserverpb_AuthUserGrantRoleResponse = try await server.call(
                Methods.Auth.userGrantRole, grant)
        }
        let _: Etcdserverpb_AuthEnableResponse = try await server.call(
            Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
    }

    private static func makeRole(
        _ name: String, _ key: String, _ server: TestServer
    ) async throws {
        var add = Etcdserverpb_AuthRoleAddRequest()
        add.name = name
        let _: Etcdserverpb_AuthRoleAddResponse = try await server.call(Methods.Auth.roleAdd, add)
        var grant = Etcdserverpb_AuthRoleGrantPermissionRequest()
        grant.name = name
        grant.perm.key = Data(key.utf8)
        let _: Etcdserverpb_AuthRoleGrantPermissionResponse = try await server.call(
            Methods.Auth.roleGrantPermission, grant)
    }

    private static func logIn(_ user: String, _ server: TestServer) async throws -> String {
        var request = Etcdserverpb_AuthenticateRequest()
        request.name = user
        request.password = "password"
        let response: Etcdserverpb_AuthenticateResponse = try await server.call(
            Methods.Auth.authenticate, request)
        return response.token
    }

    /// How a read ends; nil when it goes well.
    private static func get(
        _ key: String, token: String, _ server: TestServer
    ) async throws -> Status? {
        try await get(key, ["token": token], server)
    }

    private static func get(
        _ key: String, _ metadata: Metadata, _ server: TestServer
    ) async throws -> Status? {
        let bytes: [UInt8] = try Requests.range(key).serializedBytes()
        do {
            _ = try await server.client.unary(
                Methods.KV.range.path, ByteBuffer(bytes: bytes), metadata: metadata)
            return nil
        } catch let status as Status {
            return status
        }
    }
}
