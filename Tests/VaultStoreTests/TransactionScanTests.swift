import Testing

@testable import VaultStore

/// Transactions of reads that are too much for an event loop.
@Suite struct TransactionScanTests {
    private struct Sink: TransactionSink {
        private var records = KeyValueSink()
        var results: [OperationResult] = []

        mutating func append(_ record: borrowing RecordView) { records.append(record) }

        mutating func finishRange(_ summary: RangeSummary) {
            results.append(
                .range(
                    RangeResult(
                        keyValues: records.keyValues, more: summary.more, count: summary.count,
                        revision: summary.revision)))
            records = KeyValueSink()
        }
    }

    private func scan(_ transaction: Transaction, in store: Store) throws -> TransactionResult {
        let scan = try store.scan(transaction)
        var sink = Sink()
        while true {
            guard let summary = try scan.next(into: &sink) else { continue }
            return TransactionResult(
                revision: summary.revision, succeeded: summary.succeeded, results: sink.results)
        }
    }

    private func fill(_ fixture: StoreFixture, _ keys: Range<Int>) throws {
        for first in stride(from: keys.lowerBound, to: keys.upperBound, by: 100) {
            let puts = (first..<min(first + 100, keys.upperBound)).map { number in
                Operation.put(
                    PutOperation(key: Bytes("k/\(1_000_000 + number)".utf8), value: [1]))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
        }
    }

    private static let keys = KeyRange.prefix(Bytes("k/".utf8))

    private func range(_ change: (inout RangeQuery) -> Void = { _ in }) -> Operation {
        var query = RangeQuery(range: Self.keys)
        change(&query)
        return .range(query)
    }

    private var variety: [Operation] {
        [
            range(), range { $0.limit = 7 }, range { $0.countOnly = true },
            range { $0.keysOnly = true },
            range {
                $0.sortTarget = .modRevision
                $0.sortOrder = .descending
            },
            range { $0.revision = Revision(2) }, range { $0.range = KeyRange(key: [0x7a]) },
            range { $0.range = KeyRange(key: Bytes("k/1000003".utf8)) },
        ]
    }

    /// Each with whether it holds.
    private var comparisons: [(Comparison, Bool)] {
        func compare(
            _ range: KeyRange, _ outcome: Comparison.Outcome, _ target: Comparison.Target
        ) -> Comparison {
            Comparison(range: range, outcome: outcome, target: target)
        }
        let none = KeyRange.prefix([0x7a])
        return [
            (compare(Self.keys, .greater, .version(0)), true),
            (compare(Self.keys, .equal, .version(0)), false),
            (compare(Self.keys, .equal, .value([1])), true),
            (compare(Self.keys, .equal, .value([2])), false),
            (compare(none, .greater, .version(0)), false),
            (compare(none, .equal, .version(0)), true),
            (compare(none, .notEqual, .value([2])), false),
        ]
    }

    @Test func slicesAnswerLikeOneLook() throws {
        let fixture = try StoreFixture()
        try fill(fixture, 0..<60)
        for (comparison, holds) in comparisons {
            let transaction = Transaction(
                comparisons: [comparison], success: variety, failure: [range { $0.limit = 1 }])
            let atOnce = try #require(try fixture.store.read(transaction))
            #expect(try scan(transaction, in: fixture.store) == atOnce)
            #expect(atOnce.succeeded == holds, "\(comparison)")
        }
        let future = Transaction(success: [range { $0.revision = Revision(99) }])
        #expect(throws: StoreError.futureRevision(current: fixture.store.revision)) {
            try scan(future, in: fixture.store)
        }
        try fill(fixture, 0..<1)
        _ = try fixture.write(.compact(fixture.store.revision, physical: false))
        #expect(throws: StoreError.compacted(oldestReadable: fixture.store.revision)) {
            try scan(Transaction(success: variety), in: fixture.store)
        }
    }

    /// Whatever is written meanwhile, all ranges are of one revision.
    @Test func allRangesStandOnOneRevision() throws {
        let fixture = try StoreFixture()
        try fill(fixture, 0..<2_000)
        let revision = fixture.store.revision
        let scan = try fixture.store.scan(Transaction(success: [range(), range()]))
        var sink = Sink()
        #expect(try scan.next(into: &sink) == nil)
        try fill(fixture, 2_000..<2_100)
        _ = try fixture.write(.compact(fixture.store.revision, physical: false))
        while try scan.next(into: &sink) == nil {}
        let counts = sink.results.map { result -> Int in
            guard case .range(let range) = result, range.revision == revision else { return -1 }
            return range.keyValues.count
        }
        #expect(counts == [2_000, 2_000])
    }

    /// An event loop is held up no longer by many ranges than by one.
    @Test func manyRangesAndComparisonsTogetherAreTooMuchForAnEventLoop() throws {
        let fixture = try StoreFixture()
        try fill(fixture, 0..<400)
        let two = Transaction(success: [range(), range()])
        #expect(try fixture.store.read(two) != nil)
        let three = Transaction(success: [range(), range(), range()])
        #expect(try fixture.store.read(three) == nil)
        let comparison = Comparison(range: Self.keys, outcome: .equal, target: .value([1]))
        let compared = Transaction(
            comparisons: Array(repeating: comparison, count: 3), success: [range()])
        #expect(try fixture.store.read(compared) == nil)
        #expect(try scan(compared, in: fixture.store).succeeded)
    }
}
