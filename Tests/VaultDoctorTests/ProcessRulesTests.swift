import Glibc
import Testing

@testable import VaultDoctor

@Suite struct ProcessRulesTests {
    private let status = """
        Name:\tvaultd
        Uid:\t997\t997\t997\t997
        VmLck:\t      96 kB
        CapEff:\t0000000000000000
        NoNewPrivs:\t1
        Seccomp:\t2
        """
    private let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max core file size        0                    unlimited            bytes
        Max locked memory         8388608              8388608              bytes
        """

    private var good: ProcessFacts {
        var facts = ProcessFacts(status: status, limits: limits)
        facts.unit = "vaultd.service"
        return facts
    }

    @Test func whatTheKernelSaysIsUnderstood() {
        #expect(good.userID == 997)
        #expect(good.lockedBytes == 96 << 10)
        #expect(good.lockedBytesMax == 8 << 20)
        #expect(good.coreBytesMax == 0)
        #expect(good.noNewPrivileges == true)
        #expect(good.hasSeccomp == true)
        #expect(good.capabilities == 0)
    }

    @Test func aProcessThatIsSetUpWellHasNothingAboveOk() {
        let findings = ProcessRules.findings(good, isUnsealed: true)
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
    }

    @Test func rootIsAWarning() {
        var facts = good
        facts.userID = 0
        #expect(severity("user", ProcessRules.findings(facts)) == .warning)
    }

    @Test func aCoreLimitAboveNoneIsAWarning() {
        var facts = good
        facts.coreBytesMax = .max
        #expect(severity("core-limit", ProcessRules.findings(facts)) == .warning)
    }

    @Test func keysThatAreNotLockedAreCritical() {
        var facts = good
        facts.lockedBytes = 0
        #expect(severity("locked-memory", ProcessRules.findings(facts)) == .ok)
        #expect(
            severity("locked-memory", ProcessRules.findings(facts, isUnsealed: true)) == .critical)
    }

    @Test func aLimitOfLockedMemoryThatIsNearlyReachedIsAWarning() {
        var facts = good
        facts.lockedBytesMax = 128 << 10
        #expect(severity("locked-memory", ProcessRules.findings(facts)) == .warning)
        // CAP_IPC_LOCK
        facts.capabilities = 1 << 14
        #expect(severity("locked-memory", ProcessRules.findings(facts)) == .ok)
    }

    @Test func capabilitiesAreAWarningForAUserOfItsOwn() {
        var facts = good
        facts.capabilities = 1 << 2
        #expect(severity("capabilities", ProcessRules.findings(facts)) == .warning)
        facts.userID = 0
        #expect(severity("capabilities", ProcessRules.findings(facts)) == nil)
    }

    @Test func privilegesThatCanBeGainedAreAWarning() {
        var facts = good
        facts.noNewPrivileges = false
        #expect(severity("new-privileges", ProcessRules.findings(facts)) == .warning)
    }

    @Test func missingHelpOfSystemdIsTold() {
        var facts = good
        facts.hasSeccomp = false
        facts.unit = nil
        #expect(severity("seccomp", ProcessRules.findings(facts)) == .info)
        #expect(severity("unit", ProcessRules.findings(facts)) == .info)
    }

    @Test func memoryThatCanBeDumpedIsCritical() {
        var facts = good
        facts.isDumpable = true
        #expect(severity("dumpable", ProcessRules.findings(facts)) == .critical)
        var own = SelfFacts()
        #expect(severity("dumpable", ProcessRules.findings(own)) == .ok)
        own.isDumpable = true
        #expect(severity("dumpable", ProcessRules.findings(own)) == .critical)
    }

    @Test(arguments: [
        (SelfFacts.Confinement.confined(version: 7), Severity.ok), (.unavailable, .warning),
        (.failed("restrict"), .warning), (.off, .warning),
    ])
    func aProcessThatIsNotConfinedIsAWarning(
        _ confinement: SelfFacts.Confinement, _ expected: Severity
    ) {
        var facts = SelfFacts()
        facts.confinement = confinement
        #expect(severity("confinement", ProcessRules.findings(facts)) == expected)
    }

    @Test func codeFromElsewhereIsAWarning() {
        var facts = SelfFacts()
        #expect(severity("loader", ProcessRules.findings(facts)) == .ok)
        facts.loaderVariables = ["LD_PRELOAD", "LD_AUDIT"]
        let finding = finding("loader", ProcessRules.findings(facts))
        #expect(finding?.severity == .warning)
        #expect(finding?.what.contains("LD_PRELOAD, LD_AUDIT") == true)
    }

    @Test func whatTheMachineCannotDoIsTold() {
        var facts = SelfFacts()
        facts.hasMemoryKeys = false
        facts.refusesNewCode = nil
        #expect(severity("memory-keys", ProcessRules.findings(facts)) == .info)
        #expect(severity("new-code", ProcessRules.findings(facts)) == .info)
        facts.refusesNewCode = false
        #expect(severity("new-code", ProcessRules.findings(facts)) == .warning)
    }

    @Test func thisProcessCanBeLookedAt() {
        let facts = ProcessFacts.read(getpid())
        #expect(facts?.userID == geteuid())
        #expect(facts?.lockedBytesMax != nil)
    }

    @Test func aProcessThatIsNotThereIsNoFacts() {
        #expect(ProcessFacts.read(-1) == nil)
    }
}
