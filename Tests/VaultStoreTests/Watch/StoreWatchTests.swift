import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// Watching a real store: its log, its writer, its compaction.
@Suite struct StoreWatchTests {
    @Test func watchersHearOfPutsAndDeletions() throws {
        let fixture = try StoreFixture()
        let (receiver, stream) = try Self.open(fixture)
        var request = WatchRequest(range: .prefix(Bytes("a".utf8)))
        request.wantsPrevious = true
        stream.create(request)
        try receiver.wait { !$0.created.isEmpty }
        try Self.put(fixture, "a1", "one")
        try Self.put(fixture, "b", "other")
        try Self.put(fixture, "a1", "two")
        _ = try fixture.write(.delete(DeleteOperation(range: .prefix(Bytes("a".utf8)))))
        try receiver.wait { $0.events[0]?.count == 3 }
        let events = receiver.seen.events[0] ?? []
        #expect(events.map(\.modRevision.rawValue) == [2, 4, 5])
        #expect(events.map(\.isDelete) == [false, false, true])
        #expect(events.map { $0.previous?.value } == [nil, Bytes("one".utf8), Bytes("two".utf8)])
        #expect(events[1].createRevision == Revision(2))
        #expect(events[1].version == 2)
        stream.requestProgress()
        try receiver.wait { $0.progress == [5] }
    }

    /// Watchers from anywhere, some that do not read, under writes and compactions: each is told a
    /// gapless, ordered part of the history, and everything once it reads.
    @Test(arguments: TestSeed.seeds(3, for: "store-watch"))
    func theHistoryIsToldAsItHappened(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try StoreFixture()
        var history: [Event] = []
        var open: [(receiver: CollectingReceiver, stream: WatchStream, request: WatchRequest)] = []
        var compactions: [Int64] = [0]
        for step in 0..<1_500 {
            try Self.change(fixture, &history, &random)
            if step % 40 == 0 {
                let (receiver, stream) = try Self.open(fixture)
                let request = Self.request(fixture, &random)
                if random.once(in: 2) { receiver.setRoom(0) }
                stream.create(request)
                open.append((receiver, stream, request))
            }
            if step % 25 == 0, let end = open.randomElement(using: &random) {
                end.receiver.setRoom(random.pick([0, 2_000, 1 << 30]))
                end.stream.resume()
            }
            if step % 300 == 299 {
                let floor = fixture.store.status().revision.rawValue - 150
                compactions.append(floor)
                _ = try fixture.write(.compact(Revision(floor), physical: true))
            }
        }
        let last = fixture.store.status().revision
        for end in open {
            end.receiver.setRoom(1 << 30)
            end.stream.resume()
            let expected = Self.expected(of: end.request, in: history)
            try end.receiver.wait { seen in
                let ending = seen.events[0]?.last?.modRevision
                return !seen.cancelled.isEmpty
                    || (!seen.created.isEmpty
                        && (expected(seen.created[0]).last?.revision ?? 0)
                            == (ending?.rawValue ?? 0))
            }
            let seen = end.receiver.seen
            let events = (seen.events[0] ?? []).map(Event.init)
            let all = expected(seen.created[0])
            if seen.cancelled.isEmpty {
                #expect(events == all, "seed \(seed)")
                end.stream.requestProgress()
                if end.request.startRevision <= last {
                    try end.receiver.wait { $0.progress == [last.rawValue] }
                }
            } else {
                #expect(events == Array(all.prefix(events.count)), "seed \(seed)")
                #expect(compactions.contains(seen.cancelled[0]))
            }
        }
    }

    /// etcd #18089, #19179: a watcher from the compacted revision sees the deletion at it.
    @Test func aDeletionAtTheCompactedRevisionIsSeen() throws {
        let fixture = try StoreFixture()
        try Self.put(fixture, "k", "v")
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Bytes("k".utf8)))))
        _ = try fixture.write(.compact(Revision(3), physical: true))
        let (receiver, stream) = try Self.open(fixture)
        var request = WatchRequest(range: KeyRange(key: Bytes("k".utf8)))
        request.startRevision = Revision(3)
        stream.create(request)
        try receiver.wait { $0.events[0]?.map(\.isDelete) == [true] }
        request.startRevision = Revision(2)
        stream.create(request)
        try receiver.wait { $0.cancelled == [3] }
    }

    /// One revision of more changes than a plan or a slice holds comes whole, whether the log is
    /// read record by record or place by place.
    @Test(arguments: [KeyRange.all, .prefix(Bytes("k".utf8))])
    func aRevisionIsNeverSplit(range: KeyRange) throws {
        let fixture = try StoreFixture()
        for number in 0..<30 {
            let puts = (0..<100).map { index in
                Operation.put(PutOperation(key: Bytes("k\(number * 100 + index)".utf8), value: []))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
        }
        try Self.put(fixture, "z", "")
        _ = try fixture.write(.delete(DeleteOperation(range: .prefix(Bytes("k".utf8)))))
        let (receiver, stream) = try Self.open(fixture)
        var request = WatchRequest(range: range)
        request.startRevision = Revision(2)
        stream.create(request)
        let total = range == .all ? 6_001 : 6_000
        try receiver.wait { $0.events[0]?.count == total }
        for delivery in receiver.seen.deliveries {
            let last = delivery.last?.modRevision
            let other = receiver.seen.deliveries.filter { $0.first?.modRevision == last }
            #expect(other.count <= 1)
        }
        #expect(receiver.seen.deliveries.last?.suffix(3_000).first?.modRevision == Revision(33))
    }

    /// Plans of any size, one after the other, name every change once and in order.
    @Test(arguments: TestSeed.seeds(6, for: "plans"))
    func plansCoverTheHistory(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try StoreFixture()
        var history: [Event] = []
        for _ in 0..<200 { try Self.change(fixture, &history, &random) }
        let last = fixture.store.status().revision.rawValue
        for range in [KeyRange.all, .prefix(Bytes("b".utf8)), KeyRange(key: Bytes("a".utf8))] {
            let expected = history.filter { range.contains($0.key) }.map(\.revision)
            for positionsMax in [1, 2, 7, 1_000] {
                var found: [Int64] = []
                var from: Int64 = 1
                while from <= last {
                    let plan = WatchPlan(
                        range, from: from, upTo: last, positionsMax: positionsMax,
                        index: fixture.store.index,
                        mark: fixture.store.log.destructions.mark)
                    #expect(plan.positions.allSatisfy { $0.main >= from && $0.main <= plan.upTo })
                    found += plan.positions.map(\.main)
                    from = plan.upTo + 1
                }
                #expect(found == expected, "seed \(seed)")
            }
        }
    }

    /// A compaction between the hub's look and the reading's snapshot is noticed: what is left of
    /// the log has gaps.
    @Test func aCompactionThatOvertakesAReadingIsNoticed() throws {
        let fixture = try StoreFixture()
        for number in 0..<20 { try Self.put(fixture, "k", "\(number)") }
        for number in 0..<100 { try Self.put(fixture, "other\(number)", "") }
        _ = try fixture.write(.compact(Revision(10), physical: true))
        let store = fixture.store
        var reader = WatchLogReader(log: store.log, index: store.index, clock: store.clock)
        for range in [KeyRange.all, .prefix(Bytes("k".utf8)), KeyRange(key: Bytes("k".utf8))] {
            for (from, isThere) in [(Int64(9), false), (10, true)] {
                let reading = WatchHub.Reading(group: 0, range: range, from: from)
                let slice = try reader.read([reading], upTo: 121, waiting: 0)
                #expect((slice != nil) == isThere, "from \(from)")
                if let slice { #expect(slice.events[0].first?.modRevision == Revision(10)) }
            }
        }
    }

    @Test func closingTheStoreEndsWatches() throws {
        let fixture = try StoreFixture()
        let (receiver, stream) = try Self.open(fixture)
        stream.create(WatchRequest(range: .all))
        try Self.put(fixture, "k", "v")
        fixture.store.close()
        try receiver.wait { $0.isClosed }
        #expect(throws: StoreError.closed) { _ = try fixture.store.watch(receiver) }
    }

    @Test func requestsOfWhoDoesNotReadWait() throws {
        let fixture = try StoreFixture()
        let (receiver, stream) = try Self.open(fixture)
        stream.create(WatchRequest(range: .all))
        try receiver.wait { $0.created == [1] }
        receiver.setRoom(0)
        for _ in 0..<10 { stream.requestProgress() }
        let (other, second) = try Self.open(fixture)
        second.create(WatchRequest(range: .all))
        try other.wait { $0.created == [1] }
        #expect(stream.waitingRequests == 10)
        #expect(receiver.seen.progress.isEmpty)
        receiver.setRoom(1 << 20)
        stream.resume()
        try receiver.wait { $0.progress.count == 10 }
        // The last one is counted as handled after it was answered.
        #expect(Waiting.until(.seconds(60)) { stream.waitingRequests == 0 })
    }

    // MARK: - Support

    /// An event as the model has it.
    struct Event: Equatable {
        var key: Bytes
        var revision: Int64
        var isDelete: Bool

        init(key: Bytes, revision: Int64, isDelete: Bool) {
            (self.key, self.revision, self.isDelete) = (key, revision, isDelete)
        }

        init(_ event: WatchEvent) {
            self.init(
                key: event.key, revision: event.modRevision.rawValue, isDelete: event.isDelete)
        }
    }

    private static func open(
        _ fixture: StoreFixture
    ) throws -> (CollectingReceiver, WatchStream) {
        let receiver = CollectingReceiver()
        return (receiver, try fixture.store.watch(receiver))
    }

    private static func put(_ fixture: StoreFixture, _ key: String, _ value: String) throws {
        _ = try fixture.write(
            .put(PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8))))
    }

    private static func key(_ random: inout SeededRandom) -> Bytes {
        (0..<(1 + random.next() % 3)).map { _ in random.pick(Array("abcd".utf8)) }
    }

    private static func change(
        _ fixture: StoreFixture, _ history: inout [Event], _ random: inout SeededRandom
    ) throws {
        let revision = fixture.store.status().revision.rawValue + 1
        switch random.next() % 4 {
        case 0:
            var delete = DeleteOperation(range: .prefix(key(&random)))
            delete.wantsPrevious = true
            guard case .delete(let result) = try fixture.write(.delete(delete)) else { return }
            history += result.previous.map {
                Event(key: $0.key, revision: revision, isDelete: true)
            }
        case 1:
            let keys = Array(Set((0..<5).map { _ in key(&random) }))
            _ = try fixture.write(
                .transaction(
                    Transaction(success: keys.map { .put(PutOperation(key: $0, value: [1])) })))
            history += keys.map { Event(key: $0, revision: revision, isDelete: false) }
        default:
            let key = key(&random)
            let value = random.bytes(random.pick([3, 200, 5_000]))
            _ = try fixture.write(.put(PutOperation(key: key, value: value)))
            history.append(Event(key: key, revision: revision, isDelete: false))
        }
    }

    private static func request(
        _ fixture: StoreFixture, _ random: inout SeededRandom
    ) -> WatchRequest {
        var request = WatchRequest(
            range: random.pick([.all, .prefix(key(&random)), KeyRange(key: key(&random))]))
        let now = fixture.store.status().revision.rawValue
        switch random.next() % 3 {
        case 0: request.startRevision = Revision(Int64.random(in: 1...now, using: &random))
        case 1: request.startRevision = Revision(now + Int64(random.next() % 50))
        default: break
        }
        request.skipsDeletes = random.once(in: 5)
        return request
    }

    /// What the watcher must be told, given the revision at which it was created.
    private static func expected(
        of request: WatchRequest, in history: [Event]
    ) -> (_ created: Int64) -> [Event] {
        { created in
            let asked = request.startRevision.rawValue
            let start = asked == 0 ? created + 1 : asked
            return history.filter {
                $0.revision >= start && request.range.contains($0.key)
                    && !($0.isDelete && request.skipsDeletes)
            }
        }
    }
}
