import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

/// Rules that change while somebody watches.
@Suite(.serialized) struct OpenStreamTests {
    private static let reason =
        "rpc error: code = PermissionDenied desc = etcdserver: permission denied"

    private static func watch(
        _ key: String, _ end: String = "", start: Int64 = 0
    ) -> Etcdserverpb_WatchRequest {
        .with {
            $0.createRequest.key = Data(key.utf8)
            $0.createRequest.rangeEnd = Data(end.utf8)
            $0.createRequest.startRevision = start
        }
    }

    /// etcd's CVE-2018-16886 family: `range_end` is brought into its final form first, and judged
    /// then. A watch of one key sees no other.
    @Test func aWatchOfOneKeySeesNoLaterKeys() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("a")])
            for (key, end) in [("a", "\0"), ("a", "b"), ("a", "a\0\0"), ("", ""), ("\0", "\0")] {
                let stream = try await alice.stream(Methods.Watch.watch, Self.watch(key, end))
                let answer = try await Self.next(stream)
                #expect(answer.created && answer.canceled, "\(key) to \(end)")
                #expect(answer.cancelReason == Self.reason)
                #expect(answer.watchID == -1)
                stream.cancel()
            }
            let stream = try await alice.stream(Methods.Watch.watch, Self.watch("a"))
            #expect(try await Self.next(stream).canceled == false)
            for key in ["a\0", "a/", "b"] { try await server.put(key, "v") }
            try await server.put("a", "mine")
            let events = try await Self.next(stream).events
            #expect(events.map { String(decoding: $0.kv.key, as: UTF8.self) } == ["a"])
            stream.cancel()
        }
    }

    private static func next(_ stream: ClientStream) async throws -> Etcdserverpb_WatchResponse {
        var messages = stream.messages.makeAsyncIterator()
        guard let message = try await messages.next() else {
            throw TestFailure("the watch stream ended")
        }
        return try Etcdserverpb_WatchResponse(
            serializedBytes: [UInt8](message.readableBytesView))
    }

    /// Reads until the watcher is cancelled; the values that came before.
    private static func valuesUntilCancelled(
        _ stream: ClientStream
    ) async throws -> (values: [String], end: Etcdserverpb_WatchResponse) {
        var values: [String] = []
        while true {
            let answer = try await next(stream)
            values += answer.events.map { String(decoding: $0.kv.value, as: UTF8.self) }
            if answer.canceled { return (values, answer) }
        }
    }

    /// Reads until the stream's status is thrown.
    private static func hearNothing(_ stream: ClientStream) async throws {
        while true {
            let answer = try await next(stream)
            #expect(answer.events.isEmpty)
        }
    }

    @Test func aPermissionThatIsTakenBackEndsTheWatch() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("a"), .read("b")])
            let stream = try await alice.stream(Methods.Watch.watch, Self.watch("a"))
            #expect(try await Self.next(stream).created)
            try await server.put("a", "before")
            try await server.deny("alice", "a")
            try await server.put("a", "after")
            let (values, end) = try await Self.valuesUntilCancelled(stream)
            #expect(values == ["before"])
            #expect(end.cancelReason == Self.reason)
            // The stream goes on, for what is still allowed.
            try await stream.send(
                ByteBuffer(bytes: try Self.watch("b").serializedBytes() as [UInt8]))
            #expect(try await Self.next(stream).canceled == false)
            stream.cancel()
        }
    }

    /// Many times, so that the change meets the watcher at every point of its making.
    @Test(arguments: [false, true])
    func nothingWrittenAfterAChangeIsSeen(whileItIsMade: Bool) async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice")
            for round in 0..<60 {
                try await server.allow("alice", .read("a", "b"))
                let before = try await server.put("a", "before \(round)")
                let stream = try await alice.stream(
                    Methods.Watch.watch,
                    Self.watch("a", "b", start: before.header.revision))
                if !whileItIsMade { #expect(try await Self.next(stream).created) }
                try await server.deny("alice", "a", "b")
                try await server.put("a", "after")
                let (values, end) = try await Self.valuesUntilCancelled(stream)
                #expect(!values.contains("after"), "round \(round)")
                #expect(end.cancelReason == Self.reason)
                stream.cancel()
            }
        }
    }

    @Test func aDeletedUsersStreamEnds() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("a")])
            let stream = try await alice.stream(Methods.Watch.watch, Self.watch("a"))
            #expect(try await Self.next(stream).created)
            try await server.deleteUser("alice")
            try await server.put("a", "after")
            await #expect(throws: Status(.unauthenticated, "etcdserver: invalid auth token")) {
                try await Self.hearNothing(stream)
            }
        }
    }

    @Test func anObserverIsToldNoMore() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("e/", "e0")])
            try await server.put("e/1", "before")
            let stream = try await alice.stream(
                Methods.Election.observe,
                V3electionpb_LeaderRequest.with { $0.name = Data("e".utf8) })
            var messages = stream.messages.makeAsyncIterator()
            #expect(try await messages.next() != nil)
            try await server.deny("alice", "e/", "e0")
            let denied = Status(.permissionDenied, "etcdserver: permission denied")
            await #expect(throws: denied) { while try await messages.next() != nil {} }
        }
    }

    @Test func whoIsRemovedObservesNoMore() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("e/", "e0")])
            try await server.put("e/1", "before")
            let stream = try await alice.stream(
                Methods.Election.observe,
                V3electionpb_LeaderRequest.with { $0.name = Data("e".utf8) })
            var messages = stream.messages.makeAsyncIterator()
            #expect(try await messages.next() != nil)
            try await server.deleteUser("alice")
            await #expect(throws: Status(.unauthenticated, "etcdserver: invalid auth token")) {
                while try await messages.next() != nil {}
            }
        }
    }
}
