import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

/// What an open vault holds goes when it is sealed, whatever it was used for: the index has the
/// names of keys, and guarded memory is scarce.
@Suite struct SealReleaseTests {
    enum Use: String, CaseIterable, Sendable {
        case writes, watch, keepAlive, rewrap, rewrapUnderWay, verify, archive, snapshot, observe
        case health, defragment, hash
    }

    @Test(arguments: Use.allCases) func nothingHoldsASealedVault(_ use: Use) async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for number in 0..<20 { try await server.put("a\(number)", "1") }
            let stream = try await begin(use, server)
            weak let open = try server.daemon.vault.open()
            #expect(open != nil)
            try await server.seal()
            let end = ContinuousClock.now + .seconds(30)
            while open != nil, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(open == nil)
            // Not before: it was there all the time.
            stream?.cancel()
        }
    }

    /// Does what is to be done, and returns a stream that is open still.
    private func begin(_ use: Use, _ server: TestServer) async throws -> ClientStream? {
        switch use {
        case .writes: return nil
        case .watch:
            var request = Etcdserverpb_WatchRequest()
            request.createRequest.key = Data("a".utf8)
            return try await open(Methods.Watch.watch, request, server)
        case .keepAlive:
            var request = Etcdserverpb_LeaseKeepAliveRequest()
            request.id = 5
            return try await open(Methods.Lease.leaseKeepAlive, request, server)
        case .rewrap:
            let _: Vault_V1_RotateResponse = try await server.call(
                Methods.KeyRotation.rotate, Vault_V1_RotateRequest())
            return try await open(
                Methods.KeyRotation.rewrap, Vault_V1_RewrapRequest(), server, toItsEnd: true)
        case .rewrapUnderWay:
            let _: Vault_V1_RotateResponse = try await server.call(
                Methods.KeyRotation.rotate, Vault_V1_RotateRequest())
            var request = Vault_V1_RewrapRequest()
            request.rate = 1
            return try await open(Methods.KeyRotation.rewrap, request, server)
        case .verify:
            return try await open(Methods.Integrity.verify, Vault_V1_VerifyRequest(), server)
        case .archive:
            return try await open(Methods.Backup.create, Vault_V1_CreateArchiveRequest(), server)
        case .snapshot:
            return try await open(
                Methods.Maintenance.snapshot, Etcdserverpb_SnapshotRequest(), server)
        case .observe:
            return try await observe(server)
        case .health:
            return try await open(
                Methods.Health.watch, Grpc_Health_V1_HealthCheckRequest(), server)
        case .defragment:
            let _: Etcdserverpb_DefragmentResponse = try await server.call(
                Methods.Maintenance.defragment, Etcdserverpb_DefragmentRequest())
            return nil
        case .hash:
            let _: Etcdserverpb_HashKVResponse = try await server.call(
                Methods.Maintenance.hashKV, Etcdserverpb_HashKVRequest())
            return nil
        }
    }

    private func observe(_ server: TestServer) async throws -> ClientStream {
        var lease = Etcdserverpb_LeaseGrantRequest()
        (lease.id, lease.ttl) = (7, 600)
        let _: Etcdserverpb_LeaseGrantResponse = try await server.call(
            Methods.Lease.leaseGrant, lease)
        var campaign = V3electionpb_CampaignRequest()
        (campaign.name, campaign.lease) = (Data("e".utf8), 7)
        let _: V3electionpb_CampaignResponse = try await server.call(
            Methods.Election.campaign, campaign)
        var request = V3electionpb_LeaderRequest()
        request.name = Data("e".utf8)
        return try await open(Methods.Election.observe, request, server)
    }

    /// Sends a request and waits for the first answer, or for all of them.
    private func open(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message, _ server: TestServer,
        toItsEnd: Bool = false
    ) async throws -> ClientStream {
        let stream = try await server.client.stream(method.path)
        try await stream.send(ByteBuffer(bytes: try request.serializedBytes() as [UInt8]))
        var messages = stream.messages.makeAsyncIterator()
        _ = try #require(try await messages.next())
        while toItsEnd, try await messages.next() != nil {}
        return stream
    }
}
