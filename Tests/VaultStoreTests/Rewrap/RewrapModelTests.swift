import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

/// Seeded changes, rotations, rewraps, compactions, defragmentations and restarts: every answer is
/// the naive model's, whichever keys there are.
@Suite struct RewrapModelTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func everyAnswerIsTheModels(seed: UInt64) throws {
        let fixture = try RotatingFixture()
        var random = SeededRandom(seed: seed)
        var model = StoreModel()
        for step in 0..<600 {
            try Self.step(fixture, &model, &random)
            if step % 20 == 19 { try Self.compare(fixture.store, model, "seed \(seed).\(step)") }
        }
        try fixture.rewrap()
        try fixture.reopen()
        try Self.compare(fixture.store, model, "seed \(seed), in the end")
        #expect(try fixture.keyring.dataKeys().count == 1)
        #expect(fixture.store.status().recordCount == Int64(model.recordCount), "seed \(seed)")
    }

    private static func step(
        _ fixture: RotatingFixture, _ model: inout StoreModel, _ random: inout SeededRandom
    ) throws {
        let store = fixture.store
        switch Int.random(in: 0..<60, using: &random) {
        case 0..<2: _ = try fixture.keyring.rotateDataKey()
        case 2..<4: try fixture.rewrap()
        case 4..<6: _ = try fixture.startRewrap(recordsPerSecond: 1_000)
        case 6: _ = store.stopRewrap()
        case 7: try fixture.reopen()
        case 8: _ = try store.defragment()
        case 9..<12:
            guard model.revision > model.compacted else { return }
            let floor = Int64.random(in: (model.compacted + 1)...model.revision, using: &random)
            model.compact(to: floor)
            _ = try store.write(.compact(Revision(floor), physical: true))
        case 12..<18:
            let range = KeyRange.prefix(key(&random))
            _ = model.delete(range)
            _ = try store.write(.delete(DeleteOperation(range: range)))
        default:
            let count = [0, 40, 300, 9_000].randomElement(using: &random) ?? 0
            let pairs = Set((0..<3).map { _ in key(&random) }).map { key in
                (key, Bytes(repeating: UInt8.random(in: 0...255, using: &random), count: count))
            }
            model.put(all: pairs)
            let puts = pairs.map { Operation.put(PutOperation(key: $0.0, value: $0.1)) }
            _ = try store.write(.transaction(Transaction(success: puts)))
        }
    }

    private static func key(_ random: inout SeededRandom) -> Bytes {
        let letters = Array("abcd".utf8)
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            letters.randomElement(using: &random) ?? 0
        }
    }

    private static func compare(
        _ store: Store, _ model: StoreModel, _ comment: Comment
    ) throws {
        for moment in [max(model.compacted, 1), (model.compacted + model.revision) / 2 + 1] {
            let moment = min(moment, model.revision)
            var query = RangeQuery(range: .all)
            query.revision = Revision(moment)
            var sink = KeyValueSink()
            _ = try store.range(query, into: &sink)
            #expect(sink.keyValues == model.range(.all, at: moment), comment)
        }
    }
}
