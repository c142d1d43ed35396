/// Numbers for Prometheus, of a host that backs up, prunes or drills: "last success" beside "last
/// status", because each alone hides something. Times are milliseconds since 1970; nil leaves a
/// metric out, so that its absence can be noticed.
public struct DrillMetrics: Equatable, Sendable {
    public var backupLastSuccess: Int64?
    public var backupLastAttempt: Int64?
    /// The exit status of the last backup.
    public var backupLastStatus: Int32?
    public var backupLastRevision: Int64?
    public var liveRevision: Int64?
    public var recoveryPointSeconds: Int64?
    public var recoveryPointRevisions: Int64?
    /// The longest time between two good backups, in seconds.
    public var worstGapSeconds: Int64?
    /// How long the archive that was not read for longest has not been read, in seconds.
    public var scrubOldestUnverifiedSeconds: Int64?
    public var drillLastSuccess: [DrillLevel: Int64] = [:]
    public var drillLastExit: [DrillLevel: Int32] = [:]
    /// Milliseconds, by phase.
    public var recoveryTime: [DrillReport.RecoveryTime.Phase] = []
    public var negativeDetected: Int?
    public var negativeTotal: Int?
    /// By name of the key.
    public var keyLastProven: [String: Int64] = [:]
    public var findingsOpen: [FindingSeverity: Int] = [:]
    public var freeBytes: Int64?
    public var pruneLastSuccess: Int64?
    public var readerAgeSeconds: Int64?

    public init() {}

    /// Those that a ledger knows.
    public init(_ state: LedgerState) {
        for level in DrillLevel.allCases {
            drillLastExit[level] = state.last(level)?.exit
            drillLastSuccess[level] = state.last(level, good: true)?.ended
        }
        let measured = state.reports.last { $0.rto != nil }
        recoveryTime = measured?.rto?.phases ?? []
        if let total = measured?.rto?.totalMilliseconds {
            recoveryTime.append(.init("total", milliseconds: total))
        }
        recoveryPointSeconds = state.reports.last { $0.rpo != nil }?.rpo?.seconds
        recoveryPointRevisions = state.reports.last { $0.rpo != nil }?.rpo?.revisions
        worstGapSeconds = state.reports.last { $0.rpo != nil }?.rpo?.worstGapSeconds
        let negative = state.reports.last { $0.negative.run > 0 }?.negative
        negativeDetected = negative?.detected
        negativeTotal = negative?.run
        if let proven = state.offlineKeyProven { keyLastProven["offline"] = proven }
        for severity in FindingSeverity.allCases {
            findingsOpen[severity] = state.findings.open.count { $0.severity == severity }
        }
        pruneLastSuccess = state.lastPrune.values.map(\.time).max()
    }

    /// Writes the file that the node exporter's textfile collector reads, in place of the old. The
    /// group may read it where the directory hands its group down.
    public func write(to name: String, in files: any BackupFiles) throws(BackupError) {
        try AtomicFile.write(Array(text.utf8), to: name, isShared: true, replacing: true, in: files)
    }
}
