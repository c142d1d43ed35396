#if canImport(Glibc)
    import Glibc
#endif

/// Every bound of the store, with its reason.
public enum Limits {
    /// etcd's default quota.
    public static let quotaBytesDefault: Int64 = 2 << 30

    /// Unseal is bound by decryption, which runs on every core.
    public static var scanThreadsDefault: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// etcd's limit on comparisons, and on operations, of one transaction.
    public static let transactionOperationsMax = 128

    /// Bytes of key and value of one put. Whoever takes requests has a lower limit; this one keeps
    /// every record within what can be sealed.
    public static let recordBytesMax = 8 << 20

    /// Records that one read may open on the caller's thread: about a millisecond of work, so
    /// that nobody else on that thread waits longer.
    public static let inlineRecordsMax = 1_000

    /// Index entries that one read may pass over on the caller's thread; about a millisecond.
    public static let inlineEntriesMax = 20_000

    /// Bytes of records that one read may open on the caller's thread.
    public static let inlineBytesMax = 1 << 20

    /// Entries that a scan looks at while it holds the index: tens of microseconds.
    public static let scanSliceEntries = 512

    /// Requests that wait for the writer. Each holds its key and value in memory.
    public static let queuedWritesMax = 16_384

    /// Requests in one commit. More would make the first of them wait without saving a sync.
    public static let batchRequestsMax = 4_096

    /// Bytes of requests in one commit, to bound what a failed commit must undo.
    public static let batchBytesMax = 32 << 20

    /// Index entries that one step of a compaction visits, and records that it removes, between
    /// two batches of writes.
    public static let sweepEntriesMax = 2_048

    /// Address space reserved for the file; costs nothing until used.
    public static let mapBytes = 1 << 40

    /// etcd counts this beside key and value when it checks the quota.
    public static let quotaBytesPerPut: Int64 = 256
}
