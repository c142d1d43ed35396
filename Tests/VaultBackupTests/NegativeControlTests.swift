import Glibc
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

    private func bench(
        _ backed: BackedUpStore, _ opened: OpenedChain, in scratch: TemporaryDirectory,
        seed: UInt64 = 1, program: String? = nil
    ) throws -> NegativeControls {
        let key = backed.keyfile
        let program = RestoreProgram(
            path: try program ?? BuiltPrograms.path("vaultctl"), keyArguments: ["--keyfile", "-"]
        ) { descriptor in _ = write(descriptor, key, key.count) }
        return NegativeControls(
            opened, with: try BackedUpStore.credential(key), program: program, in: scratch.path,
            seed: Int64(truncatingIfNeeded: seed >> 1))
    }

    @Test(arguments: TestSeed.seeds(4, for: "negative controls"))
    func everyControlIsNoticed(seed: UInt64) throws {
        print("everyControlIsNoticed(): VAULT_SEED=\(seed)")
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        var bench = try bench(backed, opened, in: scratch, seed: seed)
        let outcomes = bench.run(highestSeen: 0, ageMax: 1_000)
        for outcome in outcomes {
            #expect(outcome.score == .detected, "\(outcome.reason ?? "")")
        }
        let names = Set(outcomes.map { String($0.control.prefix { $0 != "/" }) })
        #expect(names == NegativeControls.required)
        let kills = try #require(bench.faults.first)
        #expect(kills.control == "N14" && kills.points == 20 && kills.survived == 20)
        // Nothing of them stays.
        #expect(try Files.names(in: scratch.path).isEmpty)
    }

    /// Half a year without a backup is no reason to call a drill blind, and neither is a clock
    /// that went back: then no prune can be tried, and that is said.
    @Test(arguments: [Int64(180), -1])
    func timesOfArchivesThatCannotBeAreNotTheDrillsFault(days: Int64) throws {
        let backed = try BackedUpStore()
        try backed.put("k", "v")
        let full = try backed.archive("full")
        try backed.put("k", "later")
        let part = try backed.archive(
            "part", since: try ArchiveFile(path: full), after: days * 86_400_000)
        let opened = try backed.opened(full, part)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        var bench = try bench(backed, opened, in: scratch)
        let outcomes = bench.run(highestSeen: 0, ageMax: 1_000)
        var reasons: [String] = []
        for outcome in outcomes where outcome.score != .detected {
            #expect(outcome.score == .notRun)
            reasons.append(outcome.reason ?? "")
        }
        #expect(reasons.count == (days > 0 ? 0 : 3))
        #expect(reasons.allSatisfy { $0.contains("N19/") && $0.contains("the clock of the vault") })
        var failure: BackupError?
        do throws(BackupError) { try BackupAge.checkOrder(opened.chain) } catch { failure = error }
        #expect(failure?.exitCode == (days > 0 ? nil : 22))
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
        var bench = try bench(backed, opened, in: scratch)
        let outcomes = bench.run(highestSeen: 0, ageMax: 1_000)
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

    // MARK: - A check that is taken out

    private func expectBlind(
        _ outcomes: [ControlOutcome], _ names: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let verdict = DrillVerdict(
            steps: [StepOutcome("restore", .passed)], controls: outcomes)
        #expect(verdict.exitCode == 19, sourceLocation: sourceLocation)
        #expect(verdict.missed == names.sorted(), sourceLocation: sourceLocation)
    }

    /// A vaultctl whose restore is another: `script` runs it with `restore`, into `$target`.
    private func program(_ script: String, in directory: TemporaryDirectory) throws -> String {
        let path = directory.file("vaultctl.sh")
        let text = """
            #!/bin/sh
            umask 077
            for argument; do
                [ "$last" != --data-dir ] || target=$argument
                last=$argument
            done
            cat >"$target.key"
            restore() { \(try BuiltPrograms.path("vaultctl")) "$@" <"$target.key"; }
            \(script)
            """
        try Files.write(text + "\n", to: path, mode: 0o700)
        return path
    }

    @Test func aStarvedRestoreThatLeavesSomethingIsNoticed() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let (scratch, tools) = (try TemporaryDirectory(), try TemporaryDirectory())
        let program = try program(
            "restore \"$@\"; code=$?; [ $code = 0 ] || mkdir -p \"$target\"; exit $code", in: tools)
        var bench = try bench(backed, opened, in: scratch, program: program)
        bench.starvedAndKilled()
        expectBlind(
            bench.outcomes.filter { $0.control.hasPrefix("N13/no-space") }, "N13/no-space-first",
            "N13/no-space-middle", "N13/no-space-last")
    }

    @Test func aRestoreThatSaysThatItSucceededIsNoticed() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let (scratch, tools) = (try TemporaryDirectory(), try TemporaryDirectory())
        let program = try program("restore \"$@\"; exit 0", in: tools)
        var bench = try bench(backed, opened, in: scratch, program: program)
        bench.starvedAndKilled()
        expectBlind(
            bench.outcomes.filter { $0.control.hasPrefix("N13/") }, "N13/no-directory",
            "N13/no-space-first", "N13/no-space-middle", "N13/no-space-last")
    }

    @Test func aRestoreThatIsAVaultTooEarlyIsNoticed() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let (scratch, tools) = (try TemporaryDirectory(), try TemporaryDirectory())
        let program = try program(
            """
            for argument; do
                [ "$argument" != "$target" ] || argument=$target.made
                set -- "$@" "$argument"
                shift
            done
            rm -rf "$target.made" "$target"
            restore "$@" || exit
            mkdir "$target"
            for name in CURRENT keyring data.mdb; do
                cp "$target.made/$name" "$target"
                sleep 0.1
            done
            """, in: tools)
        var bench = try bench(backed, opened, in: scratch, program: program)
        bench.starvedAndKilled()
        let kills = bench.outcomes.filter { $0.control == "N14" }
        expectBlind(kills, "N14")
        #expect(kills.first?.observed == .ended(exitCode: 0, leaked: true))
    }

    @Test func aRestoreThatCannotBeRepeatedIsNoticed() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let (scratch, tools) = (try TemporaryDirectory(), try TemporaryDirectory())
        let program = try program(
            "[ ! -d \"$target\" ] || exit 21; exec 3>&1; restore \"$@\"", in: tools)
        var bench = try bench(backed, opened, in: scratch, program: program)
        bench.starvedAndKilled()
        expectBlind(bench.outcomes.filter { $0.control == "N14" }, "N14")
    }

    /// Without the clock's check, without that of signatures, of numbers, and without the ledger.
    @Test func aPruneThatBelievesEverythingIsNoticed() throws {
        let backed = try BackedUpStore()
        let opened = try chain(backed)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        var bench = try bench(backed, opened, in: scratch)
        bench.plan = { (input) throws(BackupError) in
            var input = input
            input.limits.isConfirmed = true
            return try PrunePlan(input)
        }
        bench.clocks()
        bench.floods()
        expectBlind(bench.outcomes, "N16/forward", "N16/back", "N19/signed")
        var other = try self.bench(backed, opened, in: scratch)
        other.plan = { (input) throws(BackupError) in
            var input = input
            for index in input.candidates.indices { input.candidates[index].isAuthentic = true }
            input.limits.extraBackups = 1_000
            input.drilledGood = []
            return try PrunePlan(input)
        }
        other.floods()
        expectBlind(other.outcomes, "N19/unsigned", "N19/signed", "N19/drilled")
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
