import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// Every way to break a backup is noticed; and a check that is taken out makes the drill blind.
@Suite struct NegativeControlTests {
    private func chain(_ backed: BackedUpStore) throws -> OpenedChain {
        for number in 0..<40 { try backed.put("k\(number % 9)", "value \(number)") }
        _ = try backed.store.write(.replaceAccess(Bytes("rules".utf8)))
        let full = try backed.archive("full")
        try backed.put("k1", "later")
        try backed.delete("k2")
        let part = try backed.archive("part", since: try ArchiveFile(path: full))
        return try backed.opened(full, part)
    }

    @Test(arguments: TestSeed.seeds(4, for: "negative controls"))
    func everyControlIsNoticed(seed: UInt64) throws {
        print("everyControlIsNoticed(): VAULT_SEED=\(seed)")
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        var bench = NegativeControls(
            opened, in: scratch.path, seed: Int64(truncatingIfNeeded: seed >> 1))
        let outcomes = bench.run(
            with: try BackedUpStore.credential(backed.keyfile), highestSeen: 0, ageMax: 1_000)
        for outcome in outcomes {
            #expect(outcome.score == .detected, "\(outcome.reason ?? "")")
        }
        let names = Set(outcomes.map { String($0.control.prefix { $0 != "/" }) })
        #expect(names == NegativeControls.required)
        // Nothing of them stays.
        #expect(try Files.names(in: scratch.path).isEmpty)
    }

    /// An archive in which nothing changed is drilled as any other; the lies are told about the one
    /// before it.
    @Test func aChainThatEndsWithoutRecordsIsDrilled() throws {
        let backed = try BackedUpStore()
        for number in 0..<10 { try backed.put("k\(number)", "v") }
        let full = try backed.archive("full")
        let part = try backed.archive("part", since: try ArchiveFile(path: full))
        let opened = try backed.opened(full, part)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        var bench = NegativeControls(opened, in: scratch.path, seed: 1)
        let outcomes = bench.run(
            with: try BackedUpStore.credential(backed.keyfile), highestSeen: 0, ageMax: 1_000)
        #expect(outcomes.allSatisfy { $0.score == .detected })
        #expect(outcomes.contains { $0.control == "N18" })
    }

    /// Without the signature, and with it, each lie is told from the truth by the check that is
    /// there for it.
    @Test(arguments: [
        (ArchiveForger.Lie.stateHash, Int32(17)), (.droppedRecord, 17), (.droppedAccess, 17),
        (.repeatedRecord, 13),
    ])
    func aLieThatIsSignedIsNoticed(lie: ArchiveForger.Lie, code: Int32) throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let forged = backed.scratch.file("forged")
        #expect(try ArchiveForger(opened).forge(lie, to: forged))
        // Everything that needs no key is right about it.
        try ArchiveFile(path: forged).verifyBytes()
        let other = try backed.opened(opened.chain.files[0].path, forged)
        defer { other.close() }
        do {
            _ = try other.verifyRecords()
            Issue.record("the lie passes")
        } catch { #expect(error.exitCode == code) }
    }

    /// A control that is not noticed makes the whole drill blind, whatever else passed.
    @Test func aMissedControlMakesTheDrillBlind() {
        let missed = ControlOutcome(
            "N1", seed: 1, expected: [13], observed: .ended(exitCode: 0, leaked: false))
        let verdict = DrillVerdict(
            steps: [StepOutcome("restore", .passed)], controls: [missed],
            requiredControls: ["N1"])
        #expect(verdict.exitCode == 19)
        #expect(verdict.missed == ["N1"])
    }

    /// A restore that fails leaves nothing, whatever it had made.
    @Test func aRestoreThatFailsLeavesNothing() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let forged = backed.scratch.file("forged")
        _ = try ArchiveForger(opened).forge(.stateHash, to: forged)
        let other = try backed.opened(opened.chain.files[0].path, forged)
        defer { other.close() }
        let target = backed.scratch.file("target")
        #expect(throws: BackupError.self) { try Restore.run(other, into: target) }
        #expect(!Files.exists(target))
    }
}
