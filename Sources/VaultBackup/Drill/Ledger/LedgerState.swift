/// What the lines of a ledger say together.
public struct LedgerState: Equatable, Sendable {
    /// All drills, in order.
    public private(set) var reports: [DrillReport] = []
    /// All runs that were missed.
    public private(set) var missed: [MissedRun] = []
    public private(set) var findings = Findings()
    /// Digests of the archives that a restore drill proved.
    public private(set) var drilledGood: Set<String> = []
    /// What vaults signed with of which a drill passed: whose backups these are.
    public private(set) var signers: Set<String> = []
    /// By store: the highest number of an archive that was ever seen.
    public private(set) var highestSequence: [String: UInt64] = [:]
    /// By store: the last prune.
    public private(set) var lastPrune: [String: PruneRecord] = [:]
    /// How far the ledger of drills was that the last prune looked at.
    public private(set) var drillsSeen: LedgerHead?
    /// The newest time in the ledger, milliseconds since 1970; 0 when it is empty.
    public private(set) var newestTime: Int64 = 0
    /// When people last opened a backup with the offline key.
    public private(set) var offlineKeyProven: Int64?
    /// Lines that crashes had cut short.
    public private(set) var tornLines = 0

    public init() {}

    init(_ lines: [LedgerLine]) {
        for line in lines { take(line) }
    }

    /// The last drill of a level; with `good`, the last that passed.
    public func last(_ level: DrillLevel, good: Bool = false) -> DrillReport? {
        reports.last { $0.level == level && (!good || $0.exit == 0) }
    }

    /// The slots that timers drill with: their keys are not offline.
    public func timerSlots(storeID: String) -> Set<String> {
        let drills = reports.filter {
            $0.backup?.storeID == storeID && $0.trigger != "manual" && $0.level != .ceremony
        }
        return Set(drills.compactMap(\.keys?.openedWith))
    }

    /// When the last run of a level was, or was last noted as missed; nil when it never was.
    public func lastRun(_ level: DrillLevel) -> Int64? {
        let run = reports.last { $0.level == level }?.started
        let due = missed.last { $0.level == level }?.due
        guard let run, let due else { return run ?? due }
        return max(run, due)
    }

    /// Throws `.stale` when the newest archive is older than one that was seen before: somebody
    /// serves an old state of the backups.
    public func checkRollback(storeID: String, newest sequence: UInt64) throws(BackupError) {
        guard let highest = highestSequence[storeID], sequence < highest else { return }
        throw .stale(
            "the newest archive has the number \(sequence), and number \(highest) was here before; "
                + "find out who took the newer ones away")
    }

    /// `signers`, the keys that a vault has signed with. Throws `.integrity` when drills have
    /// passed before, and none of a vault with one of these keys.
    ///
    /// A recovery key opens archives of whoever has seen its public half. The keys that a vault
    /// signs with stay in its keyring, also when the root key is changed.
    public static func check(
        _ signers: [String], of storeID: String, known: Set<String>
    ) throws(BackupError) -> [String] {
        guard !known.isEmpty, known.isDisjoint(with: signers) else { return signers }
        throw .integrity(
            "it is of a vault that no drill has seen, store \(storeID): somebody else may have "
                + "made it; if it is a new vault of yours, drill it once with --new-vault")
    }

    mutating func take(_ line: LedgerLine) {
        newestTime = max(newestTime, line.time)
        switch line.body {
        case .drill(let report):
            reports.append(report)
            findings.take(report.findings)
            if let proven = report.keys?.offlineLastProven {
                offlineKeyProven = max(offlineKeyProven ?? 0, proven)
            }
            guard let backup = report.backup else { return }
            see(backup.sequence, of: backup.storeID)
            if report.exit == 0 { signers.formUnion(backup.signers) }
            let isRestore = [.restore, .hostile, .ceremony, .goBack].contains(report.level)
            if isRestore && report.exit == 0 { drilledGood.insert(backup.digest) }
        case .missed(let run): missed.append(run)
        case .torn: tornLines += 1
        case .prune(let record):
            see(record.sequence, of: record.storeID)
            lastPrune[record.storeID] = record
            drillsSeen = record.drills ?? drillsSeen
        }
    }

    private mutating func see(_ sequence: UInt64, of store: String) {
        highestSequence[store] = max(highestSequence[store] ?? 0, sequence)
    }
}
