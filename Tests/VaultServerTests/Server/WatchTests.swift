import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultStore
import VaultTestSupport

@testable import VaultServer

/// One watch stream of a test.
private final class TestWatch {
    private let stream: ClientStream
    private var messages: ClientStream.Messages.AsyncIterator

    init(_ server: TestServer) async throws {
        stream = try await server.client.stream(Methods.Watch.watch.path)
        messages = stream.messages.makeAsyncIterator()
    }

    func send(_ request: Etcdserverpb_WatchRequest.OneOf_RequestUnion?) async throws {
        var message = Etcdserverpb_WatchRequest()
        message.requestUnion = request
        let bytes: [UInt8] = try message.serializedBytes()
        try await stream.send(ByteBuffer(bytes: bytes))
    }

    func create(
        _ key: String, end: String = "",
        _ change: (inout Etcdserverpb_WatchCreateRequest) -> Void = { _ in }
    ) async throws {
        var create = Etcdserverpb_WatchCreateRequest()
        create.key = Data(key.utf8)
        create.rangeEnd = Data(end.utf8)
        change(&create)
        try await send(.createRequest(create))
    }

    func cancel(_ id: Int64) async throws {
        var cancel = Etcdserverpb_WatchCancelRequest()
        cancel.watchID = id
        try await send(.cancelRequest(cancel))
    }

    func halfClose() { stream.finishSending() }

    /// nil at the end of the stream.
    func next() async throws -> Etcdserverpb_WatchResponse? {
        guard let message = try await messages.next() else { return nil }
        return try Etcdserverpb_WatchResponse(
            serializedBytes: [UInt8](message.readableBytesView))
    }

    func end() async -> Status? {
        do {
            while try await next() != nil {}
            return nil
        } catch {
            return error as? Status
        }
    }
}

@Suite struct WatchTests {
    @Test func createEventsAndCancel() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let watch = try await TestWatch(server)
            try await watch.create("a", end: "b") { $0.prevKv = true }
            let created = try await watch.next()
            #expect(created?.created == true && created?.watchID == 0)
            #expect(created?.header.revision == 1 && created?.header.clusterID != 0)
            try await server.put("a1", "one")
            try await server.put("a1", "two")
            var delete = Etcdserverpb_DeleteRangeRequest()
            delete.key = Data("a1".utf8)
            let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                Methods.KV.deleteRange, delete)
            var events: [Mvccpb_Event] = []
            while events.count < 3 { events += try await watch.next()?.events ?? [] }
            #expect(events.map(\.type) == [.put, .put, .delete])
            #expect(events[0].kv.value == Data("one".utf8) && !events[0].hasPrevKv)
            #expect(events[1].kv.version == 2 && events[1].prevKv.value == Data("one".utf8))
            #expect(events[2].kv.modRevision == 4 && events[2].prevKv.value == Data("two".utf8))
            // A deletion names the key and its revision, nothing else.
            var expected = Mvccpb_KeyValue()
            expected.key = Data("a1".utf8)
            expected.modRevision = 4
            #expect(events[2].kv == expected)
            try await watch.send(.progressRequest(Etcdserverpb_WatchProgressRequest()))
            let progress = try await watch.next()
            #expect(progress?.watchID == -1 && progress?.header.revision == 4)
            #expect(progress?.events.isEmpty == true && progress?.canceled == false)
            try await watch.cancel(77)
            try await watch.cancel(0)
            let cancelled = try await watch.next()
            #expect(cancelled?.canceled == true && cancelled?.watchID == 0)
            #expect(cancelled?.cancelReason.isEmpty == true)
        }
    }

    @Test func refusalsAreEtcdsAndTheStreamGoesOn() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let watch = try await TestWatch(server)
            try await watch.create("b", end: "a")
            try await watch.create("a") { $0.watchID = 5 }
            try await watch.create("a") { $0.watchID = 5 }
            try await watch.create("a") { $0.startRevision = -1 }
            try await watch.send(nil)
            try await watch.create("")
            var answers: [Etcdserverpb_WatchResponse] = []
            while answers.count < 5 { answers.append(try #require(try await watch.next())) }
            #expect(answers.map(\.created) == [true, true, true, true, true])
            #expect(answers.map(\.canceled) == [true, false, true, true, false])
            #expect(answers.map(\.watchID) == [-1, 5, -1, -1, 0])
            #expect(
                answers.map(\.cancelReason) == [
                    "mvcc: watcher range is empty", "",
                    "mvcc: duplicate watch ID provided on the WatchStream",
                    "etcdserver: mvcc: required revision has been compacted", "",
                ])
        }
    }

    @Test func aCompactedStartIsAnsweredAsEtcdDoes() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for value in ["1", "2", "3"] { try await server.put("k", value) }
            var compact = Etcdserverpb_CompactionRequest()
            compact.revision = 4
            let _: Etcdserverpb_CompactionResponse = try await server.call(
                Methods.KV.compact, compact)
            let watch = try await TestWatch(server)
            try await watch.create("k") { $0.startRevision = 2 }
            let created = try await watch.next()
            #expect(created?.created == true && created?.canceled == false)
            let cancelled = try await watch.next()
            #expect(cancelled?.canceled == true && cancelled?.compactRevision == 4)
            #expect(cancelled?.header.revision == 0 && cancelled?.header.memberID != 0)
            #expect(cancelled?.cancelReason.isEmpty == true && cancelled?.created == false)
        }
    }

    /// The client's end of sending ends nothing; sealing does, with a status that says so.
    @Test func halfCloseEndsNothingAndSealingEverything() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let watch = try await TestWatch(server)
            try await watch.create("k")
            _ = try await watch.next()
            watch.halfClose()
            try await server.put("k", "v")
            #expect(try await watch.next()?.events.count == 1)
            try await server.seal()
            let status = await watch.end()
            #expect(status == Status(.unavailable, "vaultd: sealed"))
            #expect(await (try TestWatch(server)).end() == status)
        }
    }

    @Test func stoppingTheServerEndsWatches() async throws {
        let server = try await TestServer()
        _ = try await server.initialize()
        let watch = try await TestWatch(server)
        try await watch.create("k")
        _ = try await watch.next()
        await server.daemon.stop()
        #expect(await watch.end()?.code == .unavailable)
        await server.client.close()
    }

    /// One revision comes in one response, unless the client allows fragments.
    @Test func fragmentsAreSplitWhereTheClientAllowsIt() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let value = String(repeating: "x", count: 400_000)
            for index in 0..<6 { try await server.put("f\(index)", value) }
            let watches = (try await TestWatch(server), try await TestWatch(server))
            for (watch, fragment) in [(watches.0, true), (watches.1, false)] {
                try await watch.create("f", end: "g") {
                    $0.prevKv = true
                    $0.fragment = fragment
                }
                _ = try await watch.next()
            }
            var delete = Etcdserverpb_DeleteRangeRequest()
            delete.key = Data("f".utf8)
            delete.rangeEnd = Data("g".utf8)
            let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                Methods.KV.deleteRange, delete)
            let first = try await watches.0.next()
            let second = try await watches.0.next()
            #expect(first?.fragment == true && second?.fragment == false)
            #expect(first?.events.count == 5 && second?.events.count == 1)
            let whole = try await watches.1.next()
            #expect(whole?.events.count == 6 && whole?.fragment == false)
        }
    }

    /// A client that asks without reading is held back, and answered once it reads.
    @Test func requestsOfAClientThatDoesNotReadWait() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let watch = try await TestWatch(server)
            for _ in 0..<2_000 { try await watch.create("k") }
            for id in 0..<Int64(2_000) {
                let created = try await watch.next()
                #expect(created?.created == true && created?.watchID == id)
            }
            try await server.put("k", "v")
            var told: Set<Int64> = []
            while told.count < 2_000 {
                let response = try #require(try await watch.next())
                #expect(response.events.count == 1 && told.insert(response.watchID).inserted)
            }
        }
    }

    /// Whoever does not read for a while misses nothing, while others hear at once.
    @Test func aSlowReaderMissesNothing() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let (slow, quick) = (try await TestWatch(server), try await TestWatch(server))
            for watch in [slow, quick] {
                try await watch.create("k")
                _ = try await watch.next()
            }
            let value = String(repeating: "v", count: 50_000)
            for number in 0..<100 {
                try await server.put("k", "\(number) " + value)
                #expect(try await quick.next()?.events.count == 1)
            }
            var seen: [Int64] = []
            while seen.count < 100 {
                seen += try await slow.next()?.events.map(\.kv.modRevision) ?? []
            }
            #expect(seen == Array(2...101))
        }
    }

    @Test func progressIsToldNowAndThen() async throws {
        try await TestServer.with(change: { $0.watchProgressInterval = 20 }) {
            (server) async throws in
            _ = try await server.initialize()
            let watch = try await TestWatch(server)
            try await watch.create("k") { $0.progressNotify = true }
            _ = try await watch.next()
            let progress = try await watch.next()
            #expect(progress?.watchID == 0 && progress?.header.revision == 1)
            #expect(progress?.events.isEmpty == true)
        }
    }
}
