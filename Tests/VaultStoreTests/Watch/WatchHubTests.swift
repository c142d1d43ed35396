import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct WatchHubTests {
    @Test(arguments: TestSeed.seeds(24 + 200 * TestSeed.soakRounds, for: "hub"))
    func everyWatcherIsToldEverythingOnceAndInOrder(seed: UInt64) {
        var world = HubWorld(seed: seed)
        world.openOrClose()
        for _ in 0..<3 {
            for _ in 0..<400 { world.step() }
            world.settle()
        }
        world.end()
        #expect(world.told > 100, "seed \(seed)")
    }

    @Test func aSyncedWatcherSurvivesCompaction() {
        var hub = WatchHub(cursor: 9)
        let stream = hub.addStream()
        hub.create(WatchRequest(range: .all), on: stream)
        hub.changed([Self.event("a", 10)], upTo: 10) { _ in 1 << 20 }
        _ = hub.takeActions()
        #expect(hub.nextReading(compacted: 10) == nil)
        hub.changed([Self.event("a", 11)], upTo: 11) { _ in 1 << 20 }
        #expect(hub.takeActions().count == 1)
    }

    /// etcd #17529: a watcher that lags behind a compaction must be told so, never skip.
    @Test func aLaggingWatcherIsCancelledNotSkipped() {
        var hub = WatchHub(cursor: 9)
        let stream = hub.addStream()
        hub.create(WatchRequest(range: .all), on: stream)
        hub.changed([Self.event("a", 10)], upTo: 10) { _ in 0 }
        _ = hub.takeActions()
        #expect(hub.nextReading(compacted: 11) == nil)
        #expect(hub.takeActions().isEmpty)
        hub.forgetRoom()
        hub.resume(stream)
        #expect(hub.nextReading(compacted: 11) == nil)
        guard case .cancelled(_, 0, compactRevision: 11)? = hub.takeActions().first else {
            Issue.record("the watcher was not cancelled")
            return
        }
        #expect(hub.watcherCount == 0)
    }

    /// etcd #20221: neither old events nor progress before the revision that was asked for.
    @Test func aFutureWatcherHearsNothingBefore() {
        var hub = WatchHub(cursor: 9)
        let stream = hub.addStream()
        var request = WatchRequest(range: .all)
        request.startRevision = Revision(12)
        request.wantsProgress = true
        hub.create(request, on: stream)
        _ = hub.takeActions()
        hub.changed([Self.event("a", 10), Self.event("a", 11)], upTo: 11) { _ in 1 << 20 }
        hub.requestProgress(on: stream)
        hub.tick()
        hub.tick()
        #expect(hub.takeActions().isEmpty)
        hub.changed([Self.event("a", 12)], upTo: 12) { _ in 1 << 20 }
        hub.requestProgress(on: stream)
        #expect(hub.takeActions().count == 2)
    }

    /// As in etcd: whoever hears nothing waits for one tick, not for two.
    @Test func aWatcherThatHeardNoEventHearsOfTheNextTick() {
        var hub = WatchHub(cursor: 9)
        let stream = hub.addStream()
        var request = WatchRequest(range: .all)
        request.wantsProgress = true
        hub.create(request, on: stream)
        _ = hub.takeActions()
        hub.tick()
        guard case .progressed(_, 0, revision: 9)? = hub.takeActions().first else {
            Issue.record("the first tick told nothing")
            return
        }
        hub.changed([Self.event("a", 10)], upTo: 10) { _ in 1 << 20 }
        _ = hub.takeActions()
        hub.tick()
        #expect(hub.takeActions().isEmpty)
        hub.tick()
        #expect(hub.takeActions().count == 1)
    }

    @Test func limitsAreKept() {
        var limits = WatchLimits()
        limits.watchersMax = 3
        limits.watchersPerStreamMax = 2
        limits.rangeBytesMax = 10
        var hub = WatchHub(cursor: 1, limits: limits)
        let (first, second) = (hub.addStream(), hub.addStream())
        func isRefused(_ stream: Int, _ key: String) -> Bool {
            hub.create(WatchRequest(range: KeyRange(key: Bytes(key.utf8))), on: stream)
            if case .refused(_, .tooManyWatchers, _)? = hub.takeActions().first { return true }
            return false
        }
        #expect(isRefused(first, "12345678901"))
        #expect(!isRefused(first, "a"))
        #expect(!isRefused(first, "b"))
        #expect(isRefused(first, "c"))
        #expect(!isRefused(second, "a"))
        #expect(isRefused(second, "b"))
        hub.removeStream(first)
        #expect(!isRefused(second, "b"))
    }

    private static func event(_ key: String, _ revision: Int64) -> WatchChange {
        WatchChange(
            key: Bytes(key.utf8), value: [1], isDelete: false,
            createRevision: Revision(revision), modRevision: Revision(revision), version: 1,
            lease: .none)
    }
}

@Suite struct IntervalTreeTests {
    @Test(arguments: TestSeed.seeds(8, for: "intervals"))
    func findsWhatANaiveSearchFinds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var tree = IntervalTree()
        var ranges: [KeyRange: Int] = [:]
        func key() -> Bytes { random.bytes(1 + Int(random.next() % 2)).map { $0 % 12 } }
        for step in 0..<600 {
            if random.once(in: 3), let range = ranges.keys.randomElement(using: &random) {
                ranges[range] = nil
                tree.remove(range)
            } else {
                let range = KeyRange(key: key(), rangeEnd: random.once(in: 5) ? [0] : key())
                if ranges[range] == nil {
                    ranges[range] = step
                    tree.insert(range, value: step)
                }
            }
            let asked = key()
            var found: Set<Int> = []
            tree.visit(asked) { #expect(found.insert($0).inserted) }
            let expected = ranges.filter {
                $0.key.isUnbounded
                    ? !asked.lexicographicallyPrecedes($0.key.key) : $0.key.contains(asked)
            }
            #expect(found == Set(expected.values), "seed \(seed)")
        }
    }
}
