import Testing
import VaultDoctor

@Suite struct MachineRulesTests {
    @Test func aMachineThatIsSetUpWellHasNothingAboveOk() {
        let findings = MachineRules.findings(MachineFacts())
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
    }

    @Test func swapOnADiskIsAWarning() {
        var facts = MachineFacts()
        facts.swaps = [SwapSpace(path: "/dev/sda2", medium: .plain)]
        let finding = finding("swap", MachineRules.findings(facts))
        #expect(finding?.severity == .warning)
        #expect(finding?.what.contains("/dev/sda2") == true)
        #expect(finding?.fix.isEmpty == false)
    }

    @Test(arguments: [SwapSpace.Medium.encrypted, .memory])
    func swapThatIsNotWrittenAsItIsIsNoWarning(_ medium: SwapSpace.Medium) {
        var facts = MachineFacts()
        facts.swaps = [SwapSpace(path: "/dev/dm-1", medium: medium)]
        #expect(severity("swap", MachineRules.findings(facts)) == .ok)
    }

    @Test func swapIsNoWarningWhenTheServiceMayNotSwap() {
        var facts = MachineFacts()
        facts.swaps = [SwapSpace(path: "/dev/sda2", medium: .plain)]
        var process = ProcessFacts()
        process.swapBytesMax = 0
        #expect(severity("swap", MachineRules.findings(facts, process: process)) == .ok)
        process.swapBytesMax = 1 << 20
        #expect(severity("swap", MachineRules.findings(facts, process: process)) == .warning)
    }

    @Test func hibernationIsAWarningWhereSwapIsWrittenAsItIs() {
        var facts = MachineFacts()
        facts.canHibernate = true
        #expect(severity("hibernation", MachineRules.findings(facts)) == .ok)
        facts.swaps = [SwapSpace(path: "/dev/dm-0", medium: .encrypted)]
        #expect(severity("hibernation", MachineRules.findings(facts)) == .ok)
        facts.swaps = [SwapSpace(path: "/dev/sda2", medium: .plain)]
        #expect(severity("hibernation", MachineRules.findings(facts)) == .warning)
    }

    @Test func aPipeForCoresIsTold() {
        var facts = MachineFacts()
        facts.corePattern = "|/usr/lib/systemd/systemd-coredump %P %u"
        let finding = finding("core-pattern", MachineRules.findings(facts))
        #expect(finding?.severity == .info)
        #expect(finding?.what.contains("/usr/lib/systemd/systemd-coredump") == true)
    }

    @Test(arguments: [(0, Severity.ok), (1, .warning), (2, .ok)])
    func dumpsOfProgramsThatGainPrivilegesAreAWarning(_ value: Int, _ expected: Severity) {
        var facts = MachineFacts()
        facts.suidDumpable = value
        #expect(severity("suid-dumpable", MachineRules.findings(facts)) == expected)
    }

    @Test(arguments: [(nil, Severity.info), (0, .info), (1, .ok), (3, .ok)])
    func attachingIsToldWhereItIsAllowed(_ value: Int?, _ expected: Severity) {
        var facts = MachineFacts()
        facts.ptraceScope = value
        #expect(severity("ptrace-scope", MachineRules.findings(facts)) == expected)
    }

    @Test(arguments: [
        (4, 19, Severity.warning), (5, 18, .warning), (5, 19, .info), (6, 4, .info), (6, 5, .ok),
        (7, 0, .ok),
    ])
    func aKernelIsJudgedByWhatItLacks(_ major: Int, _ minor: Int, _ expected: Severity) {
        var facts = MachineFacts()
        (facts.kernelMajor, facts.kernelMinor) = (major, minor)
        #expect(severity("kernel", MachineRules.findings(facts)) == expected)
    }

    @Test(arguments: [0, 1_735_689_599, 4_102_444_800])
    func aClockThatCannotBeRightIsCritical(_ now: Int64) {
        var facts = MachineFacts()
        facts.now = now
        #expect(severity("clock", MachineRules.findings(facts)) == .critical)
    }

    @Test(arguments: [(nil, Severity.ok), (true, .ok), (false, .info)])
    func aClockThatNothingKeepsIsTold(_ isKept: Bool?, _ expected: Severity) {
        var facts = MachineFacts()
        facts.isClockKept = isKept
        #expect(severity("clock", MachineRules.findings(facts)) == expected)
    }

    @Test func aLibraryInEveryProgramIsAWarning() {
        var facts = MachineFacts()
        facts.preloadsLibraries = true
        #expect(severity("preload", MachineRules.findings(facts)) == .warning)
    }

    @Test(arguments: [(nil, Severity.ok), (0, .warning), (1, .warning), (2, .ok)])
    func addressesThatCanBeGuessedAreAWarning(_ level: Int?, _ expected: Severity) {
        var facts = MachineFacts()
        facts.addressRandomization = level
        #expect(severity("addresses", MachineRules.findings(facts)) == expected)
    }

    @Test func thisMachineCanBeLookedAt() {
        let facts = MachineFacts.read()
        #expect(facts.kernelMajor >= 4)
        #expect(MachineRules.findings(facts).count == 9)
    }
}
