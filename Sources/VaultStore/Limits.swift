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

    /// Comparisons and operations of one transaction with all that is nested in it, in both of its
    /// branches: each is looked at several times on the caller's thread. Etcd's limit alone, which
    /// counts what lies above and beside an operation, would let any number in.
    public static let transactionSizeMax = 1_024

    /// Keys in the ranges that one transaction reads and compares, when it writes, too: everybody's
    /// writes wait meanwhile. A tenth of a second of work.
    static let transactionKeysMax = 100_000

    /// Bytes of the records that one write hands over, in ranges and as what was there before.
    static let writeAnswerBytesMax = 64 << 20

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

    /// Bytes of the rules of access: one record, rewritten with every change of them.
    public static let accessBytesMax = 8 << 20

    /// Requests that wait for the writer, and their bytes. One lane alone has half of it at most.
    static let queuedWritesMax = 32_768
    static let queuedWriteBytesMax = 512 << 20

    /// Work of one commit, in puts of a small record: some milliseconds, which is what a write of
    /// somebody else waits for. More would save no sync that matters beside them.
    static let batchWorkMax = 1_024

    /// Work after which a batch is committed as it is, whatever else it was to have: requests may
    /// turn out to be more than they looked. No batch of puts comes near.
    static let batchWorkDoneMax = 4 * batchWorkMax

    /// Bytes that take the writer about as long as one more small record.
    static let bytesPerWork = 8 << 10

    /// Index entries that one step of a compaction visits, and records that it removes, between
    /// two batches of writes; fewer while there is no room on the disk for so many.
    public static let sweepEntriesMax = 2_048

    /// Before a compaction tries again what there was no room for on the disk.
    public static let sweepRetryPause = Duration.seconds(1)

    /// Watchers in all; each costs about half a kilobyte beside its range.
    public static let watchersMax = 262_144

    /// Watchers of one stream, so that one client cannot take all.
    public static let watchersPerStreamMax = 65_536

    /// Bytes of the keys and range ends of all watchers.
    public static let watchRangeBytesMax = 64 << 20

    /// Changes that wait for the watch thread. Beyond that they are dropped there, and watchers
    /// read them from the log.
    public static let watchBacklogChangesMax = 65_536
    public static let watchBacklogBytesMax = 8 << 20

    /// Records that watchers who are behind read in one turn: about a millisecond of work between
    /// two looks at what was committed.
    public static let watchSliceRecordsMax = 1_000
    public static let watchSliceBytesMax = 1 << 20

    /// Positions that are gathered for watchers who are behind, ahead of their turns: 8 MiB.
    public static let watchPlanPositionsMax = 524_288

    /// Ranges whose positions are kept between two turns.
    public static let watchPlansMax = 32

    /// Ranges that are looked at for whether they can be read together with the one whose turn it
    /// is: each is compared with every record.
    public static let watchCompanionsMax = 64

    /// etcd's interval between two notes of progress to a watcher that hears nothing else.
    public static let watchProgressIntervalDefault = Duration.seconds(600)

    /// etcd's bounds on the time of a lease. The least is one and a half of etcd's default election
    /// timeout; clients that ask for less are used to being given this.
    public static let leaseTTLMin = Duration.seconds(2)
    public static let leaseTTLMax = Duration.seconds(9_000_000_000)

    /// Leases in all: about 300 bytes of memory each, and a second of every unseal.
    public static let leasesMax = 1_000_000

    /// Leases, and keys on them, that end in one commit: a client's write that comes meanwhile
    /// waits for it no longer than for another client's write, and ten thousand still end within a
    /// second. A lease with more keys ends in a commit of its own.
    public static let leaseExpiriesMax = 12
    public static let expiredKeysMax = 16

    /// Some leases end with each commit that clients wait for. How long the writer waits for the
    /// next such commit before it makes one for leases alone: longer than a client takes from the
    /// answer to its next write.
    public static let leaseGivesWay = Duration.microseconds(500)

    /// How late the writer may look at a lease, so that one look serves many.
    public static let leaseCheckSlack = Duration.milliseconds(100)

    /// The longest that the writer sleeps while there are leases, whatever their time.
    public static let leaseCheckIntervalMax = Duration.seconds(3_600)

    /// Before leases whose end could not be written (a full disk) are tried again.
    public static let leaseRetryPause = Duration.seconds(1)

    /// etcd's price of a lease when it checks the quota.
    public static let quotaBytesPerLease: Int64 = 64

    /// Alarms that an operator may raise; the sealed head, written with every commit, lists them.
    public static let alarmsMax = 64

    /// Records that a hash takes in at a time: about a millisecond of work on one snapshot.
    public static let hashSliceRecordsMax = 1_000
    public static let hashSliceBytesMax = 1 << 20

    /// Records that a copy of the file takes over in one commit: a few milliseconds of work.
    public static let copySliceRecordsMax = 2_000
    public static let copySliceBytesMax = 4 << 20

    /// Bytes that a copy leaves free on the disk, for what is written meanwhile.
    public static let copyReserveBytes: Int64 = 64 << 20

    /// Items of damage that are listed one by one; more are counted. About 200 KiB of answer.
    public static let damageListedMax = 1_000

    /// Rows that one step of a rewrap looks at, and records that it seals again, between two
    /// batches of writes: about two milliseconds of work, and a commit.
    public static let rewrapSliceVisitsMax = 4_096
    public static let rewrapSliceRecordsMax = 500
    public static let rewrapSliceBytesMax = 1 << 20

    /// Records that a rewrap seals again in a second: a million in under two minutes, for about a
    /// tenth of one core.
    public static let rewrapRateDefault = 10_000

    /// Before a rewrap tries again what could not be written, or waits for no longer (a full disk,
    /// a copy under way).
    public static let rewrapRetryPause = Duration.seconds(1)

    /// Copies that wait for the writer to stand still.
    public static let writerVisitorsMax = 16

    /// Address space reserved for the file; costs nothing until used.
    public static let mapBytes = 1 << 40

    /// etcd counts this beside key and value when it checks the quota.
    public static let quotaBytesPerPut: Int64 = 256
}
