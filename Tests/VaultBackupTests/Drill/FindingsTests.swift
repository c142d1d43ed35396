import Testing
import VaultTestSupport

@testable import VaultBackup

/// Findings: opened by a failure, closed by the same case from the same seed.
@Suite struct FindingsTests {
    private func failed(_ check: String, seed: Int64 = 1, exit: Int32 = 16) -> DrillCase {
        DrillCase(check, seed: seed, exit: exit)
    }

    @Test func aFailureOpensAFindingOnce() {
        var findings = Findings()
        findings.owner = "ops"
        findings.daysToFix = 10
        let first = findings.take([failed("RTO"), failed("N1", seed: 2, exit: 19)], at: 1000)
        #expect(first.map(\.id) == ["F-1", "F-2"])
        #expect(first[0].severity == .high && first[0].owner == "ops")
        #expect(first[0].due == 1000 + 10 * 86_400_000)
        #expect(first[1].repro == "vaultctl drill run --seed 2")
        #expect(findings.take([failed("RTO")], at: 2000).map(\.id) == ["F-1", "F-2"])
        #expect(findings.take([failed("RTO", seed: 9)], at: 3000).map(\.id).last == "F-3")
    }

    @Test func onlyTheSameCaseFromTheSameSeedClosesIt() {
        var findings = Findings()
        _ = findings.take([failed("N1", seed: 7, exit: 19)], at: 1000)
        let others = [
            DrillCase("N1", seed: 8, exit: 0), DrillCase("N2", seed: 7, exit: 0),
            DrillCase("N1", seed: 7, exit: 23),
        ]
        for other in others {
            _ = findings.take([other], at: 2000)
            #expect(findings.open.count == 1, "\(other)")
        }
        _ = findings.take([], at: 2000)
        #expect(findings.open.count == 1)
        // In the drill that opened it, or with a failure beside the success, it stays.
        _ = findings.take([DrillCase("N1", seed: 7, exit: 0)], at: 1000)
        _ = findings.take([DrillCase("N1", seed: 7, exit: 0), failed("N1", seed: 7)], at: 2500)
        #expect(findings.open.count == 1)
        let reported = findings.take([DrillCase("N1", seed: 7, exit: 0)], at: 3000)
        #expect(findings.open.isEmpty)
        #expect(reported.map(\.closed) == [3000])
        // A later failure is a finding of its own.
        #expect(findings.take([failed("N1", seed: 7)], at: 4000).map(\.id) == ["F-2"])
    }

    @Test func openHighFindingsAreAFailureAndMediumOnesAreNot() throws {
        var findings = Findings()
        _ = findings.take([failed("space", exit: 20)], at: 1)
        #expect(findings.open.map(\.severity) == [.medium])
        try findings.check()
        _ = findings.take([failed("state-hash", exit: 17)], at: 2)
        let error = #expect(throws: BackupError.self) { try findings.check() }
        #expect(error?.exitCode == 25)
    }

    @Test func whatIsUnknownOpensNothing() {
        var findings = Findings()
        #expect(findings.take([DrillCase("a", seed: 1, exit: 23)], at: 1).isEmpty)
    }
}
