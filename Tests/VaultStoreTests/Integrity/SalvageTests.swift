import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// What is served of a damaged store, and that nothing is written to it.
@Suite struct SalvageTests {
    private func open(_ fixture: StoreFixture) throws -> (store: Store, report: DamageReport) {
        try Store.openDamaged(
            in: fixture.directory, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
    }

    private func keys(_ store: Store) throws -> [String] {
        var sink = KeyValueSink()
        let scan = try store.scan(RangeQuery(range: .all))
        while try scan.next(into: &sink) == nil {}
        return sink.keyValues.map { String(decoding: $0.key, as: UTF8.self) }
    }

    @Test func whatVerifiesIsServedAndTheRestIsNamed() throws {
        let vault = try TamperedVault(seed: 11)
        let fixture = vault.fixture
        try fixture.openAgain()
        let before = try keys(fixture.store)
        _ = try fixture.write(.put(PutOperation(key: Bytes("lost".utf8), value: [1])))
        _ = try fixture.write(.put(PutOperation(key: Bytes("z".utf8), value: [1])))
        let lost = fixture.store.revision.rawValue - 1
        var rows = try StoredRows(of: fixture.store.log)
        fixture.store.close()
        let key = Bytes(LogKey(main: lost, sub: 0).withBytes { Bytes($0) })
        rows.log[key]?[40] ^= 1
        try vault.install(rows)
        let file = try fixture.readFile("data.mdb")
        let (store, report) = try open(fixture)
        #expect(report.damage.items.map(\.kind) == [.changed])
        #expect(report.damage.items.first?.revision == lost)
        #expect(!report.stateHashMatches)
        #expect(try keys(store) == before + ["z"])
        #expect(store.status().isReadOnly)
        #expect(store.status().alarms.contains { $0.kind == .corrupt })
        #expect(try store.accessRules() == Bytes("new rules".utf8))
        store.close()
        #expect(try fixture.readFile("data.mdb") == file)
    }

    @Test func nothingCanBeWritten() throws {
        let vault = try TamperedVault(seed: 12)
        let (store, _) = try open(vault.fixture)
        let requests: [WriteRequest] = [
            .put(PutOperation(key: [1], value: [1])), .delete(DeleteOperation(range: .all)),
            .compact(store.revision, physical: false), .grantLease(LeaseID(77), ttl: .seconds(9)),
            .replaceAccess([1]), .tidy,
        ]
        for request in requests {
            #expect(throws: StoreError.readOnly) { try store.write(request) }
        }
        #expect(throws: StoreError.readOnly) { try store.defragment() }
        store.close()
    }

    @Test func aWholeStoreHasNothingToReport() throws {
        let vault = try TamperedVault(seed: 13)
        let (store, report) = try open(vault.fixture)
        #expect(report.isClean, "\(report)")
        #expect(report.records == UInt64(vault.rows.log.count))
        store.close()
        // And it opens as ever, with nothing left behind.
        #expect(try vault.unseal().refusal == nil)
    }

    /// Rules that are not the newest are nobody's.
    @Test func oldRulesAreNotPutInForce() throws {
        let vault = try TamperedVault(seed: 14)
        var rows = vault.rows
        rows.state[AccessRecord.key] = vault.kept[1].state[AccessRecord.key]
        try vault.install(rows)
        let (store, report) = try open(vault.fixture)
        #expect(report.damage.items.contains { $0.kind == .replayed })
        #expect(try store.accessRules() == nil)
        store.close()
    }

    /// However the pages are damaged: something is served or it is refused, nothing crashes, and
    /// the damage is reported unless there is none.
    @Test(arguments: TestSeed.seeds(1, for: "salvage"))
    func damagedPagesAreLeftOut(seed: UInt64) throws {
        let vault = try TamperedVault(seed: seed)
        var random = SeededRandom(seed: seed &+ 3)
        let used = (vault.original.lastIndex { $0 != 0 } ?? 0) / 4096 * 4096 + 4096
        let original = Array(vault.original[..<used])
        var (served, records) = (0, 0 as UInt64)
        let rounds = 60 + 200 * TestSeed.soakRounds
        for round in 0..<rounds {
            var file = original
            for _ in 0..<3 { PageMutation.random(&random).apply(to: &file, &random) }
            try vault.fixture.writeFile("data.mdb", file)
            do {
                let (store, report) = try open(vault.fixture)
                defer { store.close() }
                served += 1
                records += report.records
                _ = try keys(store)
                guard report.isClean else {
                    #expect(!report.damage.isEmpty, "seed \(seed) round \(round)")
                    continue
                }
                #expect(
                    report.records == UInt64(vault.rows.log.count),
                    "seed \(seed) round \(round)")
            } catch is StoreError {
                // Nothing could be read at all.
            }
        }
        #expect(served > rounds / 2, "seed \(seed)")
        #expect(records > 0)
    }
}
