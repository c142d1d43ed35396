import Synchronization
import Testing
import VaultStore
import VaultTestSupport

/// Seeded operations against the naive model; every answer must be the model's.
@Suite struct StoreModelTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func everyAnswerIsTheModels(seed: UInt64) throws {
        let fixture = try StoreFixture()
        var random = SeededRandom(seed: seed)
        var model = StoreModel()
        for step in 0..<1_500 {
            try Self.change(fixture, &model, &random)
            #expect(fixture.store.status().revision == Revision(model.revision))
            if step % 10 == 0 { try Self.compare(fixture.store, model, &random) }
            if step % 400 == 399 {
                try fixture.reopen()
                try Self.compare(fixture.store, model, &random)
            }
        }
        #expect(fixture.store.status().recordCount == Int64(model.recordCount), "seed \(seed)")
        #expect(fixture.store.status().keyCount == Int64(model.keyCount))
    }

    private static func key(_ random: inout SeededRandom) -> Bytes {
        let letters = Array("abcd".utf8)
        let length = Int.random(in: 1...3, using: &random)
        return (0..<length).map { _ in letters.randomElement(using: &random) ?? 0 }
    }

    private static func range(_ random: inout SeededRandom) -> KeyRange {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: KeyRange(key: key(&random))
        case 1: KeyRange.prefix(key(&random))
        case 2: KeyRange(key: key(&random), rangeEnd: [0])
        case 3: KeyRange.all
        default: KeyRange(key: key(&random), rangeEnd: key(&random))
        }
    }

    private static func change(
        _ fixture: StoreFixture, _ model: inout StoreModel, _ random: inout SeededRandom
    ) throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<12:
            let key = key(&random)
            let value = Bytes(
                repeating: UInt8.random(in: 0...255, using: &random),
                count: [0, 5, 70, 3000].randomElement(using: &random) ?? 0)
            var put = PutOperation(key: key, value: value)
            put.wantsPrevious = true
            let previous = model.get(key)
            model.put(key, value)
            #expect(
                try fixture.write(.put(put))
                    == .put(PutResult(revision: Revision(model.revision), previous: previous)))
        case 12..<15:
            var delete = DeleteOperation(range: range(&random))
            delete.wantsPrevious = true
            let gone = model.delete(delete.range)
            #expect(
                try fixture.write(.delete(delete))
                    == .delete(
                        DeleteResult(
                            revision: Revision(model.revision), deleted: Int64(gone.count),
                            previous: gone)))
        case 15..<19:
            let keys = Set((0..<3).map { _ in key(&random) })
            let pairs = keys.map { ($0, Bytes("\(model.revision)".utf8)) }
            model.put(all: pairs)
            let transaction = Transaction(
                success: pairs.map { .put(PutOperation(key: $0.0, value: $0.1)) })
            _ = try fixture.write(.transaction(transaction))
        default:
            guard model.revision > model.compacted else { return }
            let floor = Int64.random(in: (model.compacted + 1)...model.revision, using: &random)
            model.compact(to: floor)
            _ = try fixture.write(.compact(Revision(floor), physical: true))
        }
    }

    private static func compare(
        _ store: Store, _ model: StoreModel, _ random: inout SeededRandom
    ) throws {
        for _ in 0..<5 {
            var query = RangeQuery(range: range(&random))
            let oldest = max(model.compacted, 1)
            let moment = Int64.random(in: oldest...model.revision, using: &random)
            if Bool.random(using: &random) { query.revision = Revision(moment) }
            let expected = model.range(
                query.range, at: query.revision == .none ? nil : moment)
            query.limit = Int64([0, 0, 1, 3].randomElement(using: &random) ?? 0)
            if Bool.random(using: &random) { query.sortOrder = .descending }
            var ordered = query.sortOrder == .descending ? expected.reversed() : expected
            if query.limit > 0 { ordered = Array(ordered.prefix(Int(query.limit))) }

            var sink = KeyValueSink()
            let summary = try #require(try store.range(query, into: &sink))
            #expect(sink.keyValues == ordered)
            #expect(summary.count == Int64(expected.count))
            #expect(summary.more == (expected.count > ordered.count))
            #expect(summary.revision == Revision(model.revision))

            var slices = KeyValueSink()
            let scan = try store.scan(query)
            var last: RangeSummary?
            while last == nil { last = try scan.next(into: &slices) }
            #expect(slices.keyValues == ordered)
            #expect(last == summary)
        }
        #expect(throws: StoreError.futureRevision(current: Revision(model.revision))) {
            var query = RangeQuery(range: .all)
            query.revision = Revision(model.revision + 1)
            var sink = KeyValueSink()
            _ = try store.range(query, into: &sink)
        }
        if model.compacted > 1 {
            #expect(throws: StoreError.compacted(oldestReadable: Revision(model.compacted))) {
                var query = RangeQuery(range: .all)
                query.revision = Revision(model.compacted - 1)
                var sink = KeyValueSink()
                _ = try store.range(query, into: &sink)
            }
        }
    }
}
