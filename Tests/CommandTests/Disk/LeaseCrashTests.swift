import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests.Crash {
    /// etcd #14758: after a restart a key hangs on the lease of its newest put and on no other; and
    /// what was revoked before a kill stays so.
    @Test func leasesAreAfterAKillWhatTheyWereBefore() async throws {
        let vault = try InitialisedVault()
        var server = try vault.start()
        var connection = try await KVConnection(server.socketPath)
        for id in 1...4 as ClosedRange<Int64> { try await grant(id, connection) }
        for lease in [1, 2, 3] as [Int64] { try await put("moved", lease, connection) }
        for lease in [1, 0] as [Int64] { try await put("freed", lease, connection) }
        try await put("gone", 4, connection)
        try await put("stays", 1, connection)
        try await revoke(4, connection)
        let before = try await connection.everything()
        for round in 0..<3 {
            await connection.close()
            try server.kill()
            server = try vault.start()
            connection = try await KVConnection(server.socketPath)
            let after = try await connection.everything()
            #expect(after.kvs == before.kvs, "round \(round)")
            #expect(after.header.revision == before.header.revision, "round \(round)")
            #expect(try await keys(of: 1, connection) == ["stays"])
            #expect(try await keys(of: 2, connection) == [])
            #expect(try await keys(of: 3, connection) == ["moved"])
            #expect(try await keys(of: 4, connection) == nil)
        }
        try await revoke(2, connection)
        #expect(try await connection.everything().header.revision == before.header.revision)
        try await revoke(1, connection)
        #expect(
            try await connection.everything().kvs.map(\.key) == [
                Data("freed".utf8), Data("moved".utf8),
            ])
        try await revoke(3, connection)
        #expect(try await connection.everything().kvs.map(\.key) == [Data("freed".utf8)])
        await connection.close()
        try server.stop()
    }

    private func grant(_ id: Int64, _ connection: KVConnection) async throws {
        let _: Etcdserverpb_LeaseGrantResponse = try await connection.call(
            Methods.Lease.leaseGrant,
            Etcdserverpb_LeaseGrantRequest.with {
                $0.id = id
                $0.ttl = 10_000
            })
    }

    private func revoke(_ id: Int64, _ connection: KVConnection) async throws {
        let _: Etcdserverpb_LeaseRevokeResponse = try await connection.call(
            Methods.Lease.leaseRevoke, Etcdserverpb_LeaseRevokeRequest.with { $0.id = id })
    }

    private func put(_ key: String, _ lease: Int64, _ connection: KVConnection) async throws {
        let _: Etcdserverpb_PutResponse = try await connection.call(
            Methods.KV.put,
            Etcdserverpb_PutRequest.with {
                $0.key = Data(key.utf8)
                $0.lease = lease
            })
    }

    /// nil when there is no such lease.
    private func keys(of id: Int64, _ connection: KVConnection) async throws -> [String]? {
        let answer: Etcdserverpb_LeaseTimeToLiveResponse = try await connection.call(
            Methods.Lease.leaseTimeToLive,
            Etcdserverpb_LeaseTimeToLiveRequest.with {
                $0.id = id
                $0.keys = true
            })
        return answer.ttl < 0 ? nil : answer.keys.map { String(decoding: $0, as: UTF8.self) }
    }
}
