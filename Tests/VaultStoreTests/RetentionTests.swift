import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct RetentionTests {
    /// A clock that the test moves.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(1_000_000)
        var now: Int64 {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
        var wallClock: WallClock { WallClock { self.now } }
    }

    private static func bytes(_ text: String) -> Bytes { Bytes(text.utf8) }

    private static func fixture(_ rules: [RetentionRule], _ clock: Clock) throws -> StoreFixture {
        try StoreFixture {
            $0.retention = rules
            $0.wallClock = clock.wallClock
        }
    }

    private static func put(_ fixture: StoreFixture, _ key: String, _ value: String) throws {
        _ = try fixture.write(.put(PutOperation(key: bytes(key), value: bytes(value))))
    }

    private static func compact(_ fixture: StoreFixture) throws {
        let revision = fixture.store.status().revision
        _ = try fixture.write(.compact(revision, physical: true))
    }

    private static func revisions(_ fixture: StoreFixture, _ key: String) throws -> [Int64] {
        try fixture.store.history(of: bytes(key)).map(\.modRevision.rawValue)
    }

    @Test func theNewestVersionsOfAPrefixStay() throws {
        let rules = [
            RetentionRule(prefix: Self.bytes("app/"), versions: 3),
            RetentionRule(prefix: Self.bytes("app/short/"), versions: 1),
        ]
        let fixture = try Self.fixture(rules, Clock())
        for number in 0..<5 {
            for key in ["app/a", "app/short/b", "c"] { try Self.put(fixture, key, "\(number)") }
        }
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Self.bytes("app/a")))))
        try Self.put(fixture, "last", "")
        try Self.compact(fixture)
        #expect(try Self.revisions(fixture, "app/a") == [17, 14, 11, 8])
        #expect(try Self.revisions(fixture, "app/short/b") == [15])
        #expect(try Self.revisions(fixture, "c") == [16])
        let store = fixture.store
        let kept = try #require(try store.version(of: Self.bytes("app/a"), at: Revision(11)))
        #expect(kept.keyValue.value == Self.bytes("3"))
        #expect(kept.keyValue.version == 4)
        #expect(try store.version(of: Self.bytes("app/a"), at: Revision(5)) == nil)
        #expect(try store.version(of: Self.bytes("app/a"), at: Revision(17)) == nil)
        // For etcd's API they are gone.
        var query = RangeQuery(range: KeyRange(key: Self.bytes("app/a")))
        query.revision = Revision(11)
        #expect(throws: StoreError.compacted(oldestReadable: Revision(18))) {
            var sink = KeyValueSink()
            _ = try store.range(query, into: &sink)
        }
        // What was kept is there after a restart, and the deleted key stays deleted.
        try fixture.reopen()
        #expect(try Self.revisions(fixture, "app/a") == [17, 14, 11, 8])
        #expect(fixture.store.status().keyCount == 3)
    }

    @Test func whatWasCurrentWithinATimeStays() throws {
        let clock = Clock()
        let rule = RetentionRule(prefix: [], duration: 1_000)
        let fixture = try Self.fixture([rule], clock)
        for _ in 0..<5 {
            try Self.put(fixture, "k", "v")
            try Self.put(fixture, "gone", "v")
            clock.now += 400
        }
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Self.bytes("gone")))))
        try Self.put(fixture, "last", "")
        try Self.compact(fixture)
        // Written at 0, 400, 800, 1200, 1600; now is 2000: that of 800 was current until 1200.
        #expect(try Self.revisions(fixture, "k") == [10, 8, 6])
        #expect(try Self.revisions(fixture, "gone") == [12, 11, 9, 7])
        clock.now += 700
        try Self.tidy(fixture, until: { try Self.revisions(fixture, "k") == [10] })
        #expect(try Self.revisions(fixture, "gone") == [12, 11])
        clock.now += 10_000
        try Self.tidy(fixture, until: { try Self.revisions(fixture, "gone") == [] })
        #expect(try Self.revisions(fixture, "k") == [10])
        #expect(Waiting.until(.seconds(20)) { fixture.store.status().recordCount == 2 })
    }

    private static func tidy(
        _ fixture: StoreFixture, until condition: () throws -> Bool
    ) throws {
        _ = try fixture.write(.tidy)
        #expect(try Waiting.until(.seconds(20), condition))
    }

    /// A deleted key goes after the rule's time, however many versions the rule keeps of others.
    @Test func aDeletedKeyGoesInTheEnd() throws {
        let clock = Clock()
        let rule = RetentionRule(prefix: [], versions: 10, duration: 1_000)
        let fixture = try Self.fixture([rule], clock)
        for number in 0..<4 { try Self.put(fixture, "k", "\(number)") }
        clock.now += 5_000
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        try Self.put(fixture, "last", "")
        try Self.compact(fixture)
        #expect(try Self.revisions(fixture, "k") == [6, 5, 4, 3, 2])
        clock.now += 1_001
        try Self.tidy(fixture, until: { try Self.revisions(fixture, "k") == [] })
    }

    /// Against a naive reading of the rule, for random histories, floors and bounds.
    @Test(arguments: TestSeed.seeds(20, for: "retention"))
    func whatIsKeptIsWhatTheRuleSays(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var positions: [LogPosition] = []
            var main: Int64 = 0
            for _ in 0..<(1 + random.next() % 12) {
                main += 1 + Int64(random.next() % 3)
                let isTombstone = !(positions.last?.isTombstone ?? true) && random.once(in: 3)
                positions.append(LogPosition(main: main, sub: 0, isTombstone: isTombstone))
            }
            let entry = IndexEntry.make(
                key: UnsafeRawBufferPointer(start: nil, count: 0), position: positions[0])
            defer { entry.free() }
            for position in positions.dropFirst() { entry.append(position) }
            let floor = Int64(random.next() % UInt64(main + 2))
            let versions = Int(random.next() % 4)
            let since = random.once(in: 2) ? Int64(random.next() % UInt64(main + 3)) : nil
            let bounds = Retention.Bounds(
                rule: RetentionRule(prefix: [], versions: versions), since: since)
            let kept = Self.kept(positions, floor, versions, since)
            let first = entry.firstKept(before: floor, bounds)
            #expect(Array(positions[first...]) == kept, "seed \(seed) floor \(floor)")
        }
    }

    private static func kept(
        _ positions: [LogPosition], _ floor: Int64, _ versions: Int, _ since: Int64?
    ) -> [LogPosition] {
        let isDeleted = positions.last?.isTombstone == true
        var wanted: Set<Int> = []
        for (index, position) in positions.enumerated() {
            let end = index + 1 < positions.count ? positions[index + 1].main : Int64.max
            // Readable at the floor or after it.
            if end > floor, !(position.isTombstone && position.main < floor) {
                wanted.insert(index)
            }
            if position.isTombstone { continue }
            let newer = positions[(index + 1)...].count { !$0.isTombstone }
            let isForgottenDeletion =
                isDeleted && since.map { positions[positions.count - 1].main < $0 } ?? false
            if isForgottenDeletion { continue }
            if newer < versions { wanted.insert(index) }
            if let since, end >= since { wanted.insert(index) }
        }
        guard let first = wanted.min() else { return [] }
        return Array(positions[first...])
    }

    @Test func revisionsAreFoundByTime() throws {
        let clock = Clock()
        let fixture = try Self.fixture([], clock)
        let start = clock.now
        for number in 0..<50 {
            try Self.put(fixture, "k\(number % 7)", "")
            clock.now += number % 3 == 0 ? 0 : 10
        }
        var time = start
        for number in 0..<50 {
            // The last of those committed at the same time.
            let same = (number..<50).prefix { $0 == number || ($0 - 1) % 3 == 0 }
            let expected = Int64(same.last ?? number) + 2
            #expect(try fixture.store.revision(at: time).rawValue == expected)
            time += number % 3 == 0 ? 0 : 10
        }
        #expect(try fixture.store.revision(at: start - 1) == Revision(0))
        try Self.compact(fixture)
        #expect(try fixture.store.revision(at: time + 1_000) == fixture.store.status().revision)
    }

    @Test func timeDoesNotGoBack() throws {
        let clock = Clock()
        let fixture = try Self.fixture([], clock)
        try Self.put(fixture, "k", "1")
        clock.now -= 500_000
        try Self.put(fixture, "k", "2")
        try fixture.reopen()
        try Self.put(fixture, "k", "3")
        let times = try fixture.store.history(of: Self.bytes("k")).map(\.time)
        #expect(times == [1_000_000, 1_000_000, 1_000_000])
    }
}
