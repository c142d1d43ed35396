import LMDB
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// Nobody who can write to the disk, without a key, changes what the store says: every change of
/// its rows is refused with what it was, and none crashes it. The file is sound each time, made by
/// LMDB, so that nothing but what is sealed can tell.
@Suite struct MutationTests {
    private static var rounds: Int { 12 + 60 * TestSeed.soakRounds }

    @Test(arguments: TestSeed.seeds(1, for: "mutation"))
    func everyChangeOfTheRowsIsNoticed(seed: UInt64) throws {
        let vault = try TamperedVault(seed: seed)
        var random = SeededRandom(seed: seed &+ 1)
        var changes = 0
        for round in 0..<Self.rounds {
            for mutation in RowMutation.allCases {
                var rows = vault.rows
                mutation.apply(to: &rows, kept: vault.kept, &random)
                try vault.install(rows)
                let found = try vault.unseal()
                guard rows.isChanged(from: vault.rows) else {
                    #expect(found.refusal == nil, "seed \(seed) round \(round) \(mutation)")
                    continue
                }
                changes += 1
                #expect(
                    found.refusal?.isEmpty == false, "seed \(seed) round \(round) \(mutation)")
            }
        }
        // An alarm that never rings proves nothing.
        #expect(changes > Self.rounds * RowMutation.allCases.count * 2 / 3)
    }

    /// What LMDB's own structure gives away, and what lies in pages that nobody uses.
    @Test(arguments: TestSeed.seeds(1, for: "pages"))
    func everyChangeOfThePagesIsNoticedOrHarmless(seed: UInt64) throws {
        let vault = try TamperedVault(seed: seed)
        var random = SeededRandom(seed: seed &+ 2)
        let used = (vault.original.lastIndex { $0 != 0 } ?? 0) / 4096 * 4096 + 4096
        let original = Array(vault.original[..<used])
        var refused = 0
        for round in 0..<(150 + 700 * TestSeed.soakRounds) {
            var file = original
            PageMutation.random(&random).apply(to: &file, &random)
            try vault.fixture.writeFile("data.mdb", file)
            let found: (refusal: String?, rows: StoredRows?)
            do { found = try vault.unseal() } catch is StoreError {
                // A format that is not known: refused as well.
                refused += 1
                continue
            }
            guard found.refusal == nil else {
                refused += 1
                continue
            }
            #expect(found.rows == vault.rows, "seed \(seed) round \(round)")
        }
        #expect(refused > 30, "seed \(seed)")
    }

    /// The canary: without the comparison of the state hash the same changes pass.
    @Test func withoutTheStateHashChangesPass() throws {
        let vault = try TamperedVault(seed: 7, checksStateHash: false)
        var random = SeededRandom(seed: 8)
        var passed: Set<RowMutation> = []
        for mutation in RowMutation.allCases {
            for _ in 0..<4 {
                var rows = vault.rows
                mutation.apply(to: &rows, kept: vault.kept, &random)
                guard rows.isChanged(from: vault.rows) else { continue }
                try vault.install(rows)
                if try vault.unseal().refusal == nil { passed.insert(mutation) }
            }
        }
        #expect(passed.contains(.putsBackOneAndRemovesAnother))
        #expect(passed.contains(.takesARecordOfAnotherHistory))
        #expect(passed.contains(.takesALeaseOfAnotherTime))
    }

    /// LMDB would read the one meta page, and the check the other.
    @Test func aCommitInTheOtherMetaPageIsRefused() throws {
        let vault = try TamperedVault(seed: 5)
        var file = vault.original
        StoredRows.number(&file, as: vault.rows.transaction + 1)
        try vault.fixture.writeFile("data.mdb", file)
        #expect(try vault.unseal().refusal?.contains("other meta page") == true)
    }

    @Test func aMissingRecordIsNamed() throws {
        let vault = try TamperedVault(seed: 3)
        var rows = vault.rows
        let last = try #require(rows.log.keys.max { $0.lexicographicallyPrecedes($1) })
        let place = try #require(last.withUnsafeBytes { LogKey($0) })
        rows.log[last] = nil
        try vault.install(rows)
        let refusal = try #require(try vault.unseal().refusal)
        #expect(refusal.contains("1 missing, the first at revision \(place.main).\(place.sub)"))
    }

    /// A vault of before there was a state hash is opened, and has one from its next commit on.
    @Test func anOlderVaultGetsItsHashWithTheNextCommit() throws {
        let fixture = try StoreFixture()
        _ = try fixture.write(.put(PutOperation(key: [1], value: [2])))
        fixture.store.close()
        let file = try RecordLog.open(
            in: fixture.directory, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
        var transaction = try file.begin()
        try file.put(StoreHead(currentRevision: 2, recordCount: 1), into: &transaction)
        try file.commit(transaction)
        file.environment.close()
        try fixture.openAgain()
        #expect(try Self.head(fixture).stateHash == nil)
        _ = try fixture.write(.put(PutOperation(key: [1], value: [3])))
        let head = try Self.head(fixture)
        #expect(head.stateHash != nil && head.stateHash != .zero)
        try fixture.reopen()
        #expect(try Self.head(fixture) == head)
    }

    private static func head(_ fixture: StoreFixture) throws -> StoreHead {
        let rows = try StoredRows(of: fixture.store.log)
        let sealed = try #require(rows.state[RecordLog.headKey])
        return try sealed.withUnsafeBytes { try fixture.cipher.openHead($0) }
    }

    /// Whatever comes and goes: the hash of nothing is zero.
    @Test func whatIsRemovedLeavesNoTrace() throws {
        let fixture = try StoreFixture()
        for number in 0..<20 {
            _ = try fixture.write(.put(PutOperation(key: [1, UInt8(number)], value: [2])))
            _ = try fixture.write(.grantLease(LeaseID(Int64(number + 1)), ttl: .seconds(100)))
        }
        #expect(try Self.head(fixture).stateHash != .zero)
        for number in 0..<20 { _ = try fixture.write(.revokeLease(LeaseID(Int64(number + 1)))) }
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        _ = try fixture.write(.put(PutOperation(key: [9], value: [])))
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        _ = try fixture.write(.put(PutOperation(key: [8], value: [])))
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        _ = try fixture.write(.compact(fixture.store.revision, physical: true))
        let head = try Self.head(fixture)
        // The last deletion is kept at the compacted revision.
        #expect(head.recordCount == 1)
        let rows = try StoredRows(of: fixture.store.log)
        let only = try #require(rows.log.first)
        let place = try #require(only.key.withUnsafeBytes { LogKey($0) }).place
        let digest = try only.value.withUnsafeBytes { sealed in
            try fixture.store.log.digester.digest(ofSealed: sealed, at: place) { "it" }
        }
        #expect(head.stateHash == digest)
    }
}

extension StoredRows {
    /// The commit's number means nothing without the head that names it.
    func isChanged(from other: StoredRows) -> Bool {
        log != other.log || state != other.state || leases != other.leases
    }
}
