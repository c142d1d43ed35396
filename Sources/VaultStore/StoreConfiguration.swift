/// What an operator may choose about a store.
public struct StoreConfiguration: Sendable {
    /// Bytes that sealed records may take; 0 or less is no quota.
    public var quotaBytes: Int64
    /// Threads that open records at unseal.
    public var scanThreads: Int
    /// What compaction leaves of the past of some keys.
    public var retention: [RetentionRule] = []
    /// Watchers that want to know hear how far they are when there was nothing else for so long.
    public var watchProgressInterval = Limits.watchProgressIntervalDefault
    /// Where records get their time from.
    public var wallClock = WallClock.system
    /// What the time of leases is counted with.
    public var leaseClock = MonotonicClock.system
    /// For a test that must see the alarm be silent without it.
    var checksStateHash = true
    /// Records that a rewrap seals again in a second, at most.
    public var rewrapRate = Limits.rewrapRateDefault
    /// Told when the file fails so that nothing more can be written, once, on the writer thread;
    /// and once, on the watch thread, when what a watcher needs cannot be read, which ends all
    /// watching. It must be quick.
    public var whenFailed: (@Sendable (StoreError) -> Void)?
    /// Makes commits fail, in tests.
    var commitFault: RecordLog.CommitFault?

    public init(
        quotaBytes: Int64 = Limits.quotaBytesDefault,
        scanThreads: Int = Limits.scanThreadsDefault
    ) {
        self.quotaBytes = quotaBytes
        self.scanThreads = scanThreads
    }
}

/// The store as a glance sees it.
public struct StoreStatus: Equatable, Sendable {
    public var revision: Revision
    /// The oldest revision that can be read; `.none` when nothing was compacted.
    public var compactRevision: Revision
    /// Keys that exist now.
    public var keyCount: Int64
    /// Records in the log, old versions and deletions included.
    public var recordCount: Int64
    /// Bytes of the file.
    public var fileBytes: Int64
    /// Bytes of the file that hold records.
    public var usedBytes: Int64
    public var quotaBytes: Int64
    /// Puts are refused until records are removed or the quota is raised.
    public var noSpace: Bool
    /// It holds what verifies of a damaged store.
    public var isReadOnly: Bool
    /// Why nothing more is written until the store is opened again; nil while the file is well.
    public var failure: StoreError?
    /// What an operator raised; it stays until it is taken back.
    public var alarms: [Alarm]
    /// When the store was restored, milliseconds since 1970, until somebody accepts it.
    public var quarantinedSince: Int64?
    /// What is known of the archives; nil before the first.
    public var backups: BackupMark?
}
