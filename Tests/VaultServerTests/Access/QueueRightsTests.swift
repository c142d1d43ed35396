import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

/// Rights that are taken back while somebody waits for a lock or an office.
@Suite(.serialized, .timeLimit(.minutes(5))) struct QueueRightsTests {
    /// The calls that wait for a turn.
    enum Queue: String, CaseIterable, Sendable {
        case lock, campaign

        var method: VaultAPI.Method {
            switch self {
            case .lock: Methods.Lock.lock
            case .campaign: Methods.Election.campaign
            }
        }

        var request: any SwiftProtobuf.Message {
            switch self {
            case .lock: V3lockpb_LockRequest.with { $0.name = Data("q".utf8) }
            case .campaign: V3electionpb_CampaignRequest.with { $0.name = Data("q".utf8) }
            }
        }
    }

    private static let grant = Grant.both("q/", "q0")

    /// Waits until so many stand in the queue.
    private static func waitForPlaces(_ server: TestServer, _ count: Int64) async throws {
        let request = Etcdserverpb_RangeRequest.with {
            $0.key = Data("q/".utf8)
            $0.rangeEnd = Data("q0".utf8)
        }
        for _ in 0..<6_000 {
            let found: Etcdserverpb_RangeResponse = try await server.call(
                Methods.KV.range, request)
            if found.count == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestFailure("there are never \(count) places")
    }

    /// What alice hears who waits behind another while `change` is made.
    private static func refusal(
        _ queue: Queue, after change: (TestServer) async throws -> Void
    ) async throws -> Status? {
        var heard: Status?
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [Self.grant])
            let _: V3lockpb_LockResponse = try await server.call(
                Methods.Lock.lock, V3lockpb_LockRequest.with { $0.name = Data("q".utf8) })
            async let refusal = alice.refusal(queue.method, queue.request)
            try await Self.waitForPlaces(server, 2)
            try await change(server)
            heard = try await refusal
            // The place is given up.
            try await Self.waitForPlaces(server, 1)
        }
        return heard
    }

    @Test(arguments: Queue.allCases)
    func aPermissionThatIsTakenBackEndsTheWait(queue: Queue) async throws {
        let refusal = try await Self.refusal(queue) { server in
            try await server.deny("alice", "q/", "q0")
        }
        #expect(refusal == Status(.permissionDenied, "etcdserver: permission denied"))
    }

    @Test(arguments: Queue.allCases)
    func aUserWhoIsRemovedWaitsNoMore(queue: Queue) async throws {
        let refusal = try await Self.refusal(queue) { server in
            try await server.deleteUser("alice")
        }
        #expect(refusal == Status(.unauthenticated, "etcdserver: invalid auth token"))
    }

    /// Somebody else's rights are no reason to end a wait.
    @Test(arguments: Queue.allCases)
    func otherChangesEndNoWait(queue: Queue) async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [Self.grant, .read("other")])
            let first: V3lockpb_LockResponse = try await server.call(
                Methods.Lock.lock, V3lockpb_LockRequest.with { $0.name = Data("q".utf8) })
            async let refusal = alice.refusal(queue.method, queue.request)
            try await Self.waitForPlaces(server, 2)
            try await server.deny("alice", "other")
            let _: V3lockpb_UnlockResponse = try await server.call(
                Methods.Lock.unlock, V3lockpb_UnlockRequest.with { $0.key = first.key })
            #expect(try await refusal == nil)
        }
    }

    /// Many times, so that the change meets the observer between its look and its answer.
    @Test func nothingSaidAfterAChangeIsObserved() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice")
            for round in 0..<40 {
                try await server.allow("alice", .read("q/", "q0"))
                try await server.put("q/1", "before \(round)")
                let stream = try await alice.stream(
                    Methods.Election.observe,
                    V3electionpb_LeaderRequest.with { $0.name = Data("q".utf8) })
                try await server.deny("alice", "q/", "q0")
                try await server.put("q/1", "after")
                var values: [String] = []
                await #expect(
                    throws: Status(.permissionDenied, "etcdserver: permission denied")
                ) {
                    for try await message in stream.messages {
                        let answer = try V3electionpb_LeaderResponse(
                            serializedBytes: [UInt8](message.readableBytesView))
                        values.append(String(decoding: answer.kv.value, as: UTF8.self))
                    }
                }
                #expect(!values.contains("after"), "round \(round)")
            }
        }
    }
}
