import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// Writers, compactions, clients that do and do not read, and the end of the store, all at once and
/// each on a thread of its own.
@Suite struct StoreWatchThreadTests {
    private struct Event: Equatable {
        let key: Bytes
        let revision: Int64
        let isDelete: Bool
    }

    /// What the writers were told, and who watched.
    private final class World: Sendable {
        struct Client: Sendable {
            let receiver: CollectingReceiver
            let request: WatchRequest
            /// The client left before the end.
            var hasLeft = false
        }

        let store: Store
        private let written = Mutex<[Int64: [Event]]>([:])
        private let watching = Mutex<[Client]>([])
        private let trouble = Mutex<[String]>([])

        init(_ store: Store) { self.store = store }

        var revisions: Int { written.withLock { $0.count } }
        var clients: [Client] { watching.withLock { $0 } }
        var complaints: [String] { trouble.withLock { $0 } }

        /// Everything that was acknowledged, in order.
        var history: [Event] {
            written.withLock { written in
                written.sorted { $0.key < $1.key }.flatMap(\.value)
            }
        }

        func record(_ events: [Event]) {
            guard let revision = events.first?.revision else { return }
            let isTaken = written.withLock { $0.updateValue(events, forKey: revision) != nil }
            if isTaken { complain("revision \(revision) was given twice") }
        }

        func add(_ client: Client) { watching.withLock { $0.append(client) } }
        func complain(_ what: String) { trouble.withLock { $0.append(what) } }

        /// nil once the store is closed.
        func write(_ request: WriteRequest) -> WriteResult? {
            let gate = Gate()
            store.submit(request) { gate.open($0) }
            switch gate.wait() {
            case .success(let result): return result
            case .failure(.closed): return nil
            case .failure(let error):
                complain("\(error)")
                return nil
            }
        }
    }

    @Test(arguments: TestSeed.seeds(3 + 30 * TestSeed.soakRounds, for: "store-watch-threads"))
    func theHistoryIsToldUntilTheEndAndGoesOnAfterIt(seed: UInt64) throws {
        let fixture = try StoreFixture()
        let world = World(fixture.store)
        let threads =
            (0..<3).map { number in
                TestThread { Self.write(world, seed: seed &* 100 &+ UInt64(number)) }
            }
            + (0..<3).map { number in
                TestThread { Self.watch(world, seed: seed &* 100 &+ 50 &+ UInt64(number)) }
            } + [TestThread { Self.compact(world, seed: seed) }]
        let isBusy = Waiting.until(.seconds(60)) {
            world.revisions >= 500
                && world.clients.contains { !($0.receiver.seen.events[0] ?? []).isEmpty }
        }
        fixture.store.close()
        for thread in threads { thread.join() }
        #expect(isBusy, "seed \(seed): the writers or the watchers are slow")
        #expect(world.complaints == [], "seed \(seed)")
        let history = world.history
        for client in world.clients { Self.judge(client, history, "seed \(seed)") }

        // etcd #15271: who goes on where it was after a restart is told the rest, and nothing else.
        try fixture.openAgain()
        for client in world.clients.prefix(20) {
            try Self.resume(client, on: fixture.store, history, "seed \(seed)")
        }
    }

    /// etcd #19179: a watcher that starts at the very revision of a compaction is told the deletion
    /// there, whichever of the two comes first.
    @Test func aDeletionIsSeenByAWatcherThatRacesItsCompaction() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        for round in 0..<(150 + 2_000 * TestSeed.soakRounds) {
            let key = Bytes("k\(round % 3)".utf8)
            _ = try fixture.write(.put(PutOperation(key: key, value: [1])))
            _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: key))))
            let revision = store.status().revision
            let isCompacted = Gate()
            let compactor = TestThread {
                store.submit(.compact(revision, physical: true)) { isCompacted.open($0) }
            }
            let receiver = CollectingReceiver()
            let stream = try store.watch(receiver)
            var request = WatchRequest(
                range: round.isMultiple(of: 2) ? .all : KeyRange(key: key))
            request.startRevision = revision
            stream.create(request)
            try receiver.wait { $0.events[0]?.count == 1 }
            _ = try isCompacted.wait().get()
            compactor.join()
            let events = receiver.seen.events[0] ?? []
            #expect(events.map(\.isDelete) == [true], "round \(round)")
            #expect(events.map(\.modRevision) == [revision] && events[0].key == key)
            stream.close()
        }
    }

    // MARK: - Threads

    private static func write(_ world: World, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        while true {
            let key = key(&random)
            switch random.next() % 6 {
            case 0:
                var delete = DeleteOperation(range: .prefix(key))
                delete.wantsPrevious = true
                guard case .delete(let result)? = world.write(.delete(delete)) else { return }
                world.record(
                    result.previous.map {
                        Event(key: $0.key, revision: result.revision.rawValue, isDelete: true)
                    })
            case 1:
                let keys = Array(Set((0..<6).map { _ in Self.key(&random) }))
                let puts = keys.map { Operation.put(PutOperation(key: $0, value: [7])) }
                guard
                    case .transaction(let result)? = world.write(
                        .transaction(Transaction(success: puts)))
                else { return }
                world.record(
                    keys.map {
                        Event(key: $0, revision: result.revision.rawValue, isDelete: false)
                    })
            default:
                let value = random.bytes(random.pick([1, 300, 4_000]))
                guard
                    case .put(let result)? = world.write(
                        .put(PutOperation(key: key, value: value)))
                else { return }
                world.record([
                    Event(key: key, revision: result.revision.rawValue, isDelete: false)
                ])
            }
        }
    }

    private static func compact(_ world: World, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var last: Int64 = 0
        var floor: Int64 = 60
        while true {
            let revision = world.store.status().revision.rawValue
            if revision > floor {
                last = max(last + 1, revision - Int64(random.next() % 50))
                guard last <= revision else { continue }
                let isPhysical = random.once(in: 2)
                guard world.write(.compact(Revision(last), physical: isPhysical)) != nil else {
                    return
                }
                floor = revision + 40
            } else if world.write(StoreFixture.noWork) == nil {
                return
            }
        }
    }

    /// Opens streams, reads or does not, leaves now and then; until the store is closed.
    private static func watch(_ world: World, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var open: [(client: World.Client, stream: WatchStream)] = []
        var opened = 0
        while true {
            if opened < 60, open.count < 12 {
                let receiver = CollectingReceiver()
                let request = request(world.store.status().revision.rawValue, &random)
                if random.once(in: 3) { receiver.setRoom(0) }
                do throws(StoreError) {
                    let stream = try world.store.watch(receiver)
                    stream.create(request)
                    open.append((World.Client(receiver: receiver, request: request), stream))
                    opened += 1
                } catch { break }
            }
            // One turn of the writer, so that this is no busy loop.
            guard world.write(StoreFixture.noWork) != nil else { break }
            // All have left, and no more are to come.
            if open.isEmpty { continue }
            let index = Int(random.next() % UInt64(open.count))
            if open.count > 1, random.once(in: 40) {
                var gone = open.remove(at: index)
                gone.client.hasLeft = true
                gone.stream.close()
                world.add(gone.client)
            } else if random.once(in: 2) {
                open[index].client.receiver.setRoom(random.pick([0, 3_000, 1 << 30]))
                open[index].stream.resume()
            } else {
                open[index].stream.requestProgress()
            }
        }
        for end in open { world.add(end.client) }
    }

    private static func key(_ random: inout SeededRandom) -> Bytes {
        (0..<(1 + random.next() % 2)).map { _ in random.pick(Array("abcde".utf8)) }
    }

    private static func request(_ now: Int64, _ random: inout SeededRandom) -> WatchRequest {
        var request = WatchRequest(
            range: random.pick([.all, .prefix(key(&random)), KeyRange(key: key(&random))]))
        switch random.next() % 4 {
        case 0: request.startRevision = Revision(max(1, now - Int64(random.next() % 100)))
        case 1: request.startRevision = Revision(now + Int64(random.next() % 20))
        default: break
        }
        request.skipsPuts = random.once(in: 6)
        return request
    }

    // MARK: - What it must lead to

    private static func expected(
        _ client: World.Client, _ history: [Event], from start: Int64
    ) -> [Event] {
        history.filter {
            $0.revision >= start && client.request.range.contains($0.key)
                && (client.request.skipsPuts ? $0.isDelete : true)
        }
    }

    private static func told(_ receiver: CollectingReceiver) -> [Event] {
        (receiver.seen.events[0] ?? []).map {
            Event(key: $0.key, revision: $0.modRevision.rawValue, isDelete: $0.isDelete)
        }
    }

    private static func start(_ client: World.Client) -> Int64? {
        let asked = client.request.startRevision.rawValue
        return client.receiver.seen.madeAt[0].map { asked == 0 ? $0 + 1 : asked }
    }

    /// It was told a part of the history from its start on, without gaps, in whole revisions.
    private static func judge(_ client: World.Client, _ history: [Event], _ place: String) {
        let (seen, told) = (client.receiver.seen, told(client.receiver))
        // Who leaves at the very end may still be told of it.
        #expect(seen.isClosed || client.hasLeft, "\(place): somebody was not told of the end")
        #expect(seen.afterClosed == 0, "\(place): something was told after the end")
        guard let start = start(client) else {
            #expect(told.isEmpty, "\(place): events before the watcher was made")
            return
        }
        let all = expected(client, history, from: start)
        #expect(told == Array(all.prefix(told.count)), "\(place): \(client.request)")
        if told.count < all.count, let last = told.last {
            #expect(all[told.count].revision != last.revision, "\(place): half a revision")
        }
    }

    private static func resume(
        _ client: World.Client, on store: Store, _ history: [Event], _ place: String
    ) throws {
        guard let start = start(client) else { return }
        let next = max(start, (told(client.receiver).last?.revision ?? 0) + 1)
        let receiver = CollectingReceiver()
        let stream = try store.watch(receiver)
        defer { stream.close() }
        var request = client.request
        request.startRevision = Revision(next)
        stream.create(request)
        let rest = expected(client, history, from: next)
        let mayAsk = next <= store.status().revision.rawValue
        try receiver.wait { seen in
            if !seen.cancelled.isEmpty { return true }
            if (seen.events[0] ?? []).count < rest.count { return false }
            // Not answered while it is still behind: it asks again.
            if mayAsk, stream.waitingRequests == 0 { stream.requestProgress() }
            return !mayAsk || !seen.progress.isEmpty
        }
        if receiver.seen.cancelled.isEmpty {
            #expect(told(receiver) == rest, "\(place): \(request)")
        } else {
            #expect(next < receiver.seen.cancelled[0], "\(place): cancelled without need")
        }
    }
}
