import Testing
import VaultTestSupport

@testable import VaultStore

/// Ranges that are behind at the same place are read together.
@Suite struct WatchCompanionTests {
    private static func range(_ letter: String) -> KeyRange { .prefix(Bytes(letter.utf8)) }

    private static func watch(
        _ range: KeyRange, from revision: Int64, on stream: Int, in hub: inout WatchHub
    ) {
        var request = WatchRequest(range: range)
        request.startRevision = Revision(revision)
        hub.create(request, on: stream)
        _ = hub.takeActions()
    }

    @Test func onlyRangesAtTheSamePlaceWhoseClientsReadAreCompanions() {
        var hub = WatchHub(cursor: 9_000)
        let reads = hub.addStream()
        let sleeps = hub.addStream()
        Self.watch(Self.range("a"), from: 5, on: reads, in: &hub)
        Self.watch(Self.range("b"), from: 5, on: reads, in: &hub)
        Self.watch(Self.range("c"), from: 7, on: reads, in: &hub)
        Self.watch(Self.range("d"), from: 4, on: reads, in: &hub)
        Self.watch(Self.range("e"), from: 8_000, on: reads, in: &hub)
        Self.watch(KeyRange(key: Bytes("f".utf8)), from: 5, on: reads, in: &hub)
        Self.watch(Self.range("g"), from: 5, on: sleeps, in: &hub)
        // This client does not take what happens now, so it gets nothing of the past either.
        Self.watch(Self.range("h"), from: 9_001, on: sleeps, in: &hub)
        hub.changed([Self.change("h", 9_001)], upTo: 9_001) { _ in 0 }
        guard let reading = hub.nextReading(compacted: 0) else {
            Issue.record("nobody is behind")
            return
        }
        #expect(reading.range == Self.range("a"))
        let companions = hub.companions(of: reading)
        #expect(companions.map(\.range) == [Self.range("b"), Self.range("c")])
        #expect(companions.map(\.from) == [5, 7])
    }

    /// A companion that has been served keeps its turn, and has nothing to do in it.
    @Test func aCompanionIsServedOnce() {
        var hub = WatchHub(cursor: 9)
        let stream = hub.addStream()
        Self.watch(Self.range("a"), from: 5, on: stream, in: &hub)
        Self.watch(Self.range("b"), from: 6, on: stream, in: &hub)
        guard let reading = hub.nextReading(compacted: 0) else {
            Issue.record("nobody is behind")
            return
        }
        let events = ["a": 5, "b": 6].mapValues { Int64($0) }
        for each in [reading] + hub.companions(of: reading) {
            let key = each.range.key == Bytes("a".utf8) ? "a" : "b"
            let event = WatchEvent(Self.change(key, events[key] ?? 0))
            hub.caughtUp(each, [event], upTo: 9) { _ in 1 << 20 }
        }
        let told = hub.takeActions().compactMap { action -> [Int64]? in
            guard case .deliver(_, let delivery) = action else { return nil }
            return [delivery.watchID] + delivery.events.map(\.modRevision.rawValue)
        }
        #expect(told == [[0, 5], [1, 6]])
        #expect(hub.nextReading(compacted: 0) == nil)
        hub.changed([Self.change("b", 10)], upTo: 10) { _ in 1 << 20 }
        #expect(hub.takeActions().count == 1, "it is fed by the commits now")
    }

    /// Watchers of parts of the keys, all from the past, that read at different speeds.
    @Test(arguments: TestSeed.seeds(2, for: "companions"))
    func eachGetsItsPartOfTheHistoryOnceAndInOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = try StoreFixture()
        var history: [(letter: Int, revision: Int64)] = []
        for number in 0..<60 {
            let letters = (0..<100).map { _ in Int.random(in: 0..<10, using: &random) }
            let puts = letters.indices.map { index in
                let key = Bytes("\(letters[index])/\(number)/\(index)".utf8)
                return Operation.put(PutOperation(key: key, value: Bytes("value".utf8)))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
            let revision = fixture.store.status().revision.rawValue
            history += letters.map { ($0, revision) }
        }
        let ends = try (0..<10).map { letter in
            let receiver = CollectingReceiver()
            if random.once(in: 2) { receiver.setRoom(random.pick([1, 3_000, 20_000])) }
            let stream = try fixture.store.watch(receiver)
            var request = WatchRequest(range: Self.range("\(letter)"))
            request.startRevision = Revision(2)
            stream.create(request)
            return (receiver, stream)
        }
        for (letter, (receiver, stream)) in ends.enumerated() {
            let expected = history.filter { $0.letter == letter }.map(\.revision)
            // A full receiver has to say that it reads again; one that is not full need not.
            try receiver.wait { seen in
                receiver.setRoom(1 << 30)
                stream.resume()
                return seen.events[0]?.count ?? 0 >= expected.count
            }
            let events = receiver.seen.events[0] ?? []
            #expect(events.map(\.modRevision.rawValue) == expected, "seed \(seed)")
            #expect(events.allSatisfy { $0.key.first == Bytes("\(letter)".utf8).first })
        }
    }

    private static func change(_ key: String, _ revision: Int64) -> WatchChange {
        WatchChange(
            key: Bytes(key.utf8), value: [], isDelete: false, createRevision: Revision(revision),
            modRevision: Revision(revision), version: 1, lease: .none)
    }
}
