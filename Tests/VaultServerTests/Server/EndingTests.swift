import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

/// Calls that go on for as long as the client likes, or wait for other clients, end when the vault
/// is sealed and when the server stops, and their clients are told why.
@Suite struct EndingTests {
    /// A call that has no end of its own.
    enum Endless: String, CaseIterable, CustomTestStringConvertible {
        case watch, keepAlive, observe, lock, campaign, health, reflection
        var testDescription: String { rawValue }

        /// Goes on without the vault.
        var outlivesTheSeal: Bool { self == .health || self == .reflection }
    }

    private static let sealed = Status(.unavailable, "vaultd: sealed")
    private static let stopped = Status(.unavailable, "etcdserver: server stopped")

    @Test(arguments: Endless.allCases.filter { !$0.outlivesTheSeal })
    func sealingEndsIt(kind: Endless) async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let call = try await Self.begin(kind, server)
            try await server.seal()
            #expect(try await call.value == Self.sealed)
            // Asked again, it is refused in the same words.
            #expect(try await Self.refusal(kind, server) == Self.sealed)
        }
    }

    /// The server would wait for an hour for the call: the test ends because it does not.
    @Test(.timeLimit(.minutes(10)), arguments: Endless.allCases)
    func aServerThatStopsDoesNotWaitForIt(kind: Endless) async throws {
        let server = try await TestServer { $0.drainSeconds = 3_600 }
        _ = try await server.initialize()
        let call = try await Self.begin(kind, server)
        await server.daemon.stop()
        #expect(try await call.value == Self.stopped)
        await server.client.close()
    }

    /// Who waits for a lock when the server stops does not have a place in the queue afterwards.
    @Test func aStopLeavesNoPlaceBehind() async throws {
        let directory = TestDirectory()
        let server = try await TestServer(directory: directory)
        _ = try await server.initialize()
        let call = try await Self.begin(.lock, server)
        await server.daemon.stop()
        #expect(try await call.value == Self.stopped)
        await server.client.close()
        try await TestServer.with(directory: directory) { (server) async throws in
            try await server.unseal()
            #expect(try await Self.places(server) == 1)
        }
    }

    // MARK: - Beginning

    /// Starts the call and returns when the server has it. The task's value is how it ended.
    private static func begin(
        _ kind: Endless, _ server: TestServer
    ) async throws -> Task<Status?, any Error> {
        switch kind {
        case .watch, .keepAlive, .health, .reflection:
            return try await open(kind, server)
        case .observe:
            _ = try await campaign(server, lease: try await grant(server))
            return try await open(kind, server)
        case .lock:
            let (holder, waiter) = (try await grant(server), try await grant(server))
            let _: V3lockpb_LockResponse = try await server.call(
                Methods.Lock.lock, lockRequest(holder))
            let waiting = Task {
                try await server.refusal(Methods.Lock.lock, lockRequest(waiter))
            }
            try await waitForPlaces(server, 2)
            return waiting
        case .campaign:
            let (leader, waiter) = (try await grant(server), try await grant(server))
            _ = try await campaign(server, lease: leader)
            let waiting = Task {
                try await server.refusal(Methods.Election.campaign, campaignRequest(waiter))
            }
            try await waitForPlaces(server, 2)
            return waiting
        }
    }

    /// A stream whose first answer has come.
    private static func open(
        _ kind: Endless, _ server: TestServer
    ) async throws -> Task<Status?, any Error> {
        let stream = try await start(kind, server)
        var messages = stream.messages.makeAsyncIterator()
        _ = try #require(try await messages.next())
        let rest = messages
        return Task { try await ending(of: rest, stream) }
    }

    private static func refusal(_ kind: Endless, _ server: TestServer) async throws -> Status? {
        switch kind {
        case .lock: return try await server.refusal(Methods.Lock.lock, lockRequest(7))
        case .campaign:
            return try await server.refusal(Methods.Election.campaign, campaignRequest(7))
        case .watch, .keepAlive, .observe, .health, .reflection:
            // The refusal may be there before the request is sent, which then throws it.
            do {
                let stream = try await start(kind, server)
                return try await ending(of: stream.messages.makeAsyncIterator(), stream)
            } catch let status as Status {
                return status
            }
        }
    }

    private static func ending(
        of messages: ClientStream.Messages.AsyncIterator, _ stream: ClientStream
    ) async throws -> Status? {
        var messages = messages
        do {
            while try await messages.next() != nil {}
            return nil
        } catch let status as Status {
            return status
        }
    }

    private static func start(_ kind: Endless, _ server: TestServer) async throws -> ClientStream {
        switch kind {
        case .watch:
            var request = Etcdserverpb_WatchRequest()
            request.createRequest.key = Data("a".utf8)
            return try await send(Methods.Watch.watch, request, server)
        case .keepAlive:
            return try await send(
                Methods.Lease.leaseKeepAlive, Etcdserverpb_LeaseKeepAliveRequest(), server)
        case .observe:
            var request = V3electionpb_LeaderRequest()
            request.name = Data("n".utf8)
            return try await send(Methods.Election.observe, request, server)
        case .health:
            return try await send(
                Methods.Health.watch, Grpc_Health_V1_HealthCheckRequest(), server)
        case .reflection:
            var request = Grpc_Reflection_V1_ServerReflectionRequest()
            request.listServices = ""
            return try await send(Methods.Reflection.serverReflectionInfo, request, server)
        case .lock, .campaign: preconditionFailure("these are not streams")
        }
    }

    private static func send(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message, _ server: TestServer
    ) async throws -> ClientStream {
        let stream = try await server.client.stream(method.path)
        let bytes: [UInt8] = try request.serializedBytes()
        try await stream.send(ByteBuffer(bytes: bytes))
        return stream
    }

    // MARK: - Requests

    private static func grant(_ server: TestServer) async throws -> Int64 {
        var request = Etcdserverpb_LeaseGrantRequest()
        request.ttl = 3_600
        let response: Etcdserverpb_LeaseGrantResponse = try await server.call(
            Methods.Lease.leaseGrant, request)
        return response.id
    }

    private static func lockRequest(_ lease: Int64) -> V3lockpb_LockRequest {
        var request = V3lockpb_LockRequest()
        request.name = Data("n".utf8)
        request.lease = lease
        return request
    }

    private static func campaignRequest(_ lease: Int64) -> V3electionpb_CampaignRequest {
        var request = V3electionpb_CampaignRequest()
        request.name = Data("n".utf8)
        request.lease = lease
        return request
    }

    private static func campaign(
        _ server: TestServer, lease: Int64
    ) async throws -> V3electionpb_CampaignResponse {
        try await server.call(Methods.Election.campaign, campaignRequest(lease))
    }

    private static func places(_ server: TestServer) async throws -> Int64 {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data("n/".utf8)
        request.rangeEnd = Data("n0".utf8)
        let response: Etcdserverpb_RangeResponse = try await server.call(
            Methods.KV.range, request)
        return response.count
    }

    private static func waitForPlaces(_ server: TestServer, _ count: Int64) async throws {
        for _ in 0..<3_000 {
            if try await places(server) == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("there are never \(count) places")
    }
}
