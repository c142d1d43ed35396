import Testing
import VaultDoctor

@Suite struct VaultRulesTests {
    private var good: VaultFacts {
        var facts = VaultFacts()
        facts.slots = [
            VaultFacts.Slot(id: 1, kind: "keyfile", survivesMachine: false),
            VaultFacts.Slot(
                id: 2, kind: "passphrase", survivesMachine: true, passphraseMebibytes: 256),
        ]
        facts.usedBytes = 10
        facts.quotaBytes = 1_000
        facts.dataKeyAge = 86_400
        facts.recordsUnderOldKeys = 0
        return facts
    }

    /// What is found once `change` was made to a good vault.
    private func severity(of id: String, _ change: (inout VaultFacts) -> Void) -> Severity? {
        var facts = good
        change(&facts)
        return VaultDoctorTests.severity(id, VaultRules.findings(facts))
    }

    @Test func aVaultThatIsSetUpWellHasNoWarning() {
        let findings = VaultRules.findings(good)
        #expect(findings.filter { $0.severity > .ok }.map(\.id) == ["backups"])
    }

    @Test func aBackupThatIsOldIsAWarning() {
        #expect(severity(of: "backups") { $0.backupAge = 3_600 } == .ok)
        #expect(severity(of: "backups") { $0.backupAge = 27 * 3_600 } == .warning)
    }

    @Test func aRestoredVaultThatNobodyAcceptedIsAWarning() {
        #expect(severity(of: "quarantine") { _ in } == nil)
        #expect(severity(of: "quarantine") { $0.isQuarantined = true } == .warning)
    }

    @Test func aVaultThatIsLostWithItsMachineIsAWarning() {
        #expect(severity(of: "recovery-slot") { $0.slots.removeLast() } == .warning)
    }

    @Test func oneSlotAloneIsAWarning() {
        #expect(severity(of: "slots") { $0.slots.removeFirst() } == .warning)
        #expect(severity(of: "recovery-slot") { $0.slots.removeFirst() } == .ok)
    }

    @Test func aCheapPassphraseIsAWarning() {
        #expect(
            severity(of: "passphrase-cost") { $0.slots[1].passphraseMebibytes = 64 } == .warning)
        #expect(severity(of: "passphrase-cost") { $0.slots.removeLast() } == nil)
    }

    @Test func anAuditLogThatCannotBeKeptIsCritical() {
        #expect(severity(of: "audit") { $0.auditTrouble = "make room" } == .critical)
    }

    @Test func auditLinesThatAreLostAreAWarning() {
        #expect(severity(of: "audit-sync") { $0.auditSync = .never } == .warning)
        #expect(severity(of: "audit-sync") { $0.auditSync = .each } == .ok)
    }

    @Test func namesOfKeysInTheAuditLogAreTold() {
        #expect(severity(of: "audit-names") { $0.auditNamesKeys = true } == .info)
    }

    @Test func aQuotaThatIsNearlyReachedIsAWarning() {
        #expect(severity(of: "quota") { $0.usedBytes = 900 } == .warning)
        #expect(severity(of: "quota") { $0.usedBytes = 899 } == .ok)
        #expect(severity(of: "quota") { $0.quotaBytes = 0 } == .info)
    }

    @Test func anAlarmIsCritical() {
        #expect(severity(of: "alarms") { $0.alarms = ["CORRUPT"] } == .critical)
    }

    @Test func aFileThatFailedIsCritical() {
        #expect(severity(of: "storage") { _ in } == nil)
        #expect(severity(of: "storage") { $0.storeTrouble = "storage failed" } == .critical)
    }

    @Test func anOldDataKeyIsAWarning() {
        #expect(severity(of: "data-key-age") { $0.dataKeyAge = 400 * 86_400 } == .warning)
    }

    @Test func aRewrapThatIsDueIsTold() {
        #expect(severity(of: "rewrap") { $0.recordsUnderOldKeys = 5 } == .info)
    }

    @Test func withoutKeysThereIsNothingElseToSay() {
        var facts = good
        facts.isInitialized = false
        #expect(VaultRules.findings(facts).map(\.id) == ["initialised"])
    }

    @Test func aThrowAwayVaultNeedsNoRecovery() {
        #expect(severity(of: "recovery-slot") { $0.isDevelopment = true } == nil)
        #expect(severity(of: "development") { $0.isDevelopment = true } == .info)
    }
}
