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
    /// The slots of a store that timers drill with.
    var timerSlots: (_ storeID: String) -> Set<String> = { _ in [] }

    /// It makes a vault of the backup.
    var isRestore: Bool { [.restore, .hostile, .ceremony, .goBack].contains(level) }
    /// It opens the records of the backup.
    var isOpening: Bool { isRestore || level == .open }
}
