import VaultBackup

/// Which drill is run, and what is known before it.
struct DrillPlan {
    var level = DrillLevel.hostile
    var selection = DrillSelection.latest
    /// "timer", "manual" or "missed-run".
    var trigger = "manual"
    /// Who is there, when people hold it.
    var ceremony: DrillReport.Ceremony?
    /// By store: the highest number of an archive that was seen.
    var highestSeen: [String: UInt64] = [:]
    /// What the vaults sign with that earlier drills have passed on; empty for none, and when any
    /// vault will do.
    var knownSigners: Set<String> = []
    /// The slots of a store that timers drill with.
    var timerSlots: (_ storeID: String) -> Set<String> = { _ in [] }

    /// It makes a vault of the backup.
    var isRestore: Bool { [.restore, .hostile, .ceremony, .goBack].contains(level) }
    /// It opens the records of the backup.
    var isOpening: Bool { isRestore || level == .open }

    /// Throws `.wrongKey` for a slot that timers drill with.
    func checkOffline(_ slot: String, of storeID: String) throws(BackupError) {
        guard timerSlots(storeID).contains(slot) else { return }
        throw .wrongKey(
            "timers drill with the key of \(slot): it is not kept offline; give the one that is")
    }

    /// What must have run for the level to pass, on a backup with these parts.
    func requiredChecks(hasCanary: Bool, hasAudit: Bool, hasLive: Bool) -> Set<String> {
        var checks: Set<String> = ["choose", "age"]
        if level != .catalogue { checks.insert("bytes") }
        if isOpening { checks.formUnion(["unwrap", "signer", "state-hash"]) }
        if isOpening, hasAudit { checks.insert("audit-lines") }
        if level == .ceremony { checks.insert("offline-key") }
        if isRestore {
            checks.formUnion([
                "restore", "server", "first-read", "counts", "content", "revisions", "watch",
                "write", "access", "audit", "files", "teardown",
            ])
            if hasCanary { checks.insert("canary") }
            if hasLive { checks.insert("live") }
        }
        return checks
    }
}
