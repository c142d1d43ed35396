import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

@testable import VaultServer

/// A request of a method that reads or writes the key "k/1" or the queue "k", and what it takes.
struct MethodCase: Sendable {
    /// Exactly what is needed. Administrators' methods need no permission but the role.
    var grants: [Grant] = []
    /// The one role that lets it be called, which allows no key.
    var role: String?
    /// Says no to permission to get the key, or to get everything below it.
    var refusesGet = true
    let request: @Sendable (TestServer) async throws -> [UInt8]

    init(
        _ grants: [Grant] = [], refusesGet: Bool = true, role: String? = nil,
        _ request: @escaping @Sendable (TestServer) async throws -> any SwiftProtobuf.Message
    ) {
        self.grants = grants
        self.role = role
        self.refusesGet = refusesGet
        self.request = { try await request($0).serializedBytes() }
    }

    static let key = "k/1"
    private static let queue = ("k/", "k0")

    static let keyValue: [VaultAPI.Method: MethodCase] = [
        Methods.KV.range: MethodCase([.read(key)], refusesGet: false) { _ in
            Requests.range(key)
        },
        Methods.KV.put: MethodCase([.write(key)]) { _ in Requests.put(key, "v") },
        Methods.KV.deleteRange: MethodCase([.write(key)]) { _ in Requests.delete(key) },
        Methods.KV.txn: MethodCase([.write(key)]) { _ in Requests.puts([key], value: "v") },
        Methods.Watch.watch: MethodCase([.read(key)], refusesGet: false) { _ in
            Etcdserverpb_WatchRequest.with { $0.createRequest.key = Data(key.utf8) }
        },
        Methods.Vault.history: MethodCase([.read(key)], refusesGet: false) { _ in
            Vault_V1_HistoryRequest.with { $0.key = Data(key.utf8) }
        },
        Methods.Vault.version: MethodCase([.read(key)], refusesGet: false) { server in
            let answer = try await server.put(key, "v")
            return Vault_V1_VersionRequest.with {
                $0.key = Data(key.utf8)
                $0.revision = answer.header.revision
            }
        },
        Methods.Lease.leaseRevoke: MethodCase([.write(key)]) { server in
            let lease = try await server.lease([key])
            return Etcdserverpb_LeaseRevokeRequest.with { $0.id = lease }
        },
        Methods.Lease.leaseKeepAlive: MethodCase([.write(key)]) { server in
            let lease = try await server.lease([key])
            return Etcdserverpb_LeaseKeepAliveRequest.with { $0.id = lease }
        },
        Methods.Lease.leaseTimeToLive: MethodCase([.read(key)], refusesGet: false) { server in
            let lease = try await server.lease([key])
            return Etcdserverpb_LeaseTimeToLiveRequest.with {
                $0.id = lease
                $0.keys = true
            }
        },
    ]

    static let recipes: [VaultAPI.Method: MethodCase] = [
        Methods.Lock.lock: MethodCase([.both(queue.0, queue.1)]) { _ in
            V3lockpb_LockRequest.with { $0.name = Data("k".utf8) }
        },
        Methods.Lock.unlock: MethodCase([.both(key)]) { _ in
            V3lockpb_UnlockRequest.with { $0.key = Data(key.utf8) }
        },
        Methods.Election.campaign: MethodCase([.both(queue.0, queue.1)]) { _ in
            V3electionpb_CampaignRequest.with { $0.name = Data("k".utf8) }
        },
        Methods.Election.proclaim: MethodCase([.both(key)]) { server in
            let place = try await place(server)
            return V3electionpb_ProclaimRequest.with { $0.leader = place }
        },
        Methods.Election.leader: MethodCase([.read(queue.0, queue.1)]) { server in
            try await server.put(key, "v")
            return V3electionpb_LeaderRequest.with { $0.name = Data("k".utf8) }
        },
        Methods.Election.observe: MethodCase([.read(queue.0, queue.1)]) { server in
            try await server.put(key, "v")
            return V3electionpb_LeaderRequest.with { $0.name = Data("k".utf8) }
        },
        Methods.Election.resign: MethodCase([.both(key)]) { server in
            let place = try await place(server)
            return V3electionpb_ResignRequest.with { $0.leader = place }
        },
    ]

    private static func place(_ server: TestServer) async throws -> V3electionpb_LeaderKey {
        let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
            Methods.KV.deleteRange, Requests.delete(key))
        let answer = try await server.put(key, "v")
        return .with {
            $0.name = Data("k".utf8)
            $0.key = Data(key.utf8)
            $0.rev = answer.header.revision
        }
    }

    /// Those that say nothing about keys.
    static let others: [VaultAPI.Method: MethodCase] = [
        Methods.Lease.leaseGrant: MethodCase { _ in
            Etcdserverpb_LeaseGrantRequest.with { $0.ttl = 60 }
        },
        Methods.Cluster.memberList: MethodCase { _ in Etcdserverpb_MemberListRequest() },
        Methods.Maintenance.alarm: MethodCase { _ in Etcdserverpb_AlarmRequest() },
        Methods.Maintenance.status: MethodCase { _ in Etcdserverpb_StatusRequest() },
        Methods.Auth.authStatus: MethodCase { _ in Etcdserverpb_AuthStatusRequest() },
        Methods.Auth.authenticate: MethodCase { _ in
            Etcdserverpb_AuthenticateRequest.with {
                $0.name = "root"
                $0.password = TestServer.password
            }
        },
        Methods.Auth.userGet: MethodCase { _ in
            Etcdserverpb_AuthUserGetRequest.with { $0.name = "exact" }
        },
        Methods.Auth.roleGet: MethodCase { _ in
            Etcdserverpb_AuthRoleGetRequest.with { $0.role = "exact" }
        },
        Methods.Backup.create: MethodCase(role: "backup") { _ in
            Vault_V1_CreateArchiveRequest()
        },
        Methods.Backup.confirm: MethodCase(role: "backup") { server in
            let footer = Data(try await server.archive())
            return Vault_V1_ConfirmArchiveRequest.with { $0.footer = footer }
        },
        Methods.Backup.state: MethodCase(role: "backup") { _ in Vault_V1_BackupStateRequest() },
        Methods.Health.check: MethodCase { _ in Grpc_Health_V1_HealthCheckRequest() },
        Methods.Health.watch: MethodCase { _ in Grpc_Health_V1_HealthCheckRequest() },
        Methods.Reflection.serverReflectionInfo: MethodCase { _ in
            Grpc_Reflection_V1_ServerReflectionRequest.with { $0.listServices = "" }
        },
        Methods.ReflectionAlpha.serverReflectionInfo: MethodCase { _ in
            Grpc_Reflection_V1_ServerReflectionRequest.with { $0.listServices = "" }
        },
        Methods.Vault.status: MethodCase { _ in Vault_V1_StatusRequest() },
        Methods.Access.whoAmI: MethodCase { _ in Vault_V1_WhoAmIRequest() },
        Methods.Access.explain: MethodCase { _ in
            Vault_V1_ExplainRequest.with { $0.key = Data(key.utf8) }
        },
    ]

    static let all = keyValue.merging(recipes) { $1 }.merging(others) { $1 }
}
