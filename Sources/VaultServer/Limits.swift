import VaultAccess

/// Every bound of the server, with its reason. What an operator may change is in
/// `ServerConfiguration`; its defaults are here, too.
enum Limits {
    /// How long a token that was found good is taken for good again on its connection.
    static let tokenAnswerAgeMax = Duration.milliseconds(10)

    /// Bytes and milliseconds after which another file of the audit log is begun.
    static let auditFileBytesDefault = Int(AuditLimits.fileBytesDefault)
    static let auditFileAgeDefault: Int64 = 24 * 3_600_000

    /// Changes of users and roles that wait. Each holds a little memory and takes one commit.
    static let accessChangesMax = 1_024

    /// Passwords that wait to be hashed, at about 0.1 s each.
    static let loginsMax = 64

    /// Principals that `init` may name; more are added afterwards.
    static let newAdministratorsMax = 64

    /// How often the audit log's files are looked at, and made durable where that goes by time.
    static let auditLookInterval: Int64 = 1_000

    /// How often users and groups that rules name are looked up again.
    static let namesRefreshInterval: Int64 = 10_000

    /// How often open watches are asked whether their peer still is in its service.
    static let unitRecheckInterval: Int64 = 5_000

    /// etcd's `--max-request-bytes`: the most that one write may carry.
    static let writeRequestBytesMax = 1_572_864

    /// etcd takes 512 KiB more than a write may carry, so that a write that is too large gets its
    /// own answer instead of the transport's.
    static let messageBytesMax = 2 << 20

    /// Nested messages; the same bound as every protobuf library has, so that no request can
    /// exhaust the stack.
    static let messageDepthMax = 100

    /// First room of a short answer: one small record and the header, without growing.
    static let responseBytesFirst = 512

    /// Pieces of a long answer: large enough for few system calls, small enough to allocate fast.
    static let responsePieceBytes = 256 << 10

    /// The most that one answer may have: gRPC clients of etcd take at most 2 GiB - 1.
    static let responseBytesMax = (1 << 31) - 1

    /// Long reads that wait or run. Each costs a queue entry and, once it runs, its answer. One
    /// user alone has half of them at most.
    static let scansMax = 64

    /// Long reads that take turns; each holds a partly built answer. One is kept for others.
    static let scansActiveMax = 4
    static let scansActivePerUserMax = scansActiveMax - 1

    /// Slices of a long read before the next one gets its turn: a few milliseconds.
    static let scanSlicesPerTurn = 8

    /// Nice value of the threads that do long work, so that short reads go first.
    static let backgroundNice: Int32 = 10

    /// Nice value of the event loops of best effort where somebody was promised more.
    static let bestEffortNice: Int32 = 5

    /// Attempts to unseal or initialise that wait or run: Argon2id takes hundreds of megabytes and
    /// a second of a core, one at a time.
    static let unsealAttemptsMax = 4

    /// Wrong passphrases in a row that cost nothing; typing errors are not attacks.
    static let freeWrongPassphrases = 3

    /// After those, the next attempt waits this long, doubling each time up to the maximum.
    static let wrongPassphraseDelayFirst = Duration.milliseconds(250)
    static let wrongPassphraseDelayMax = Duration.seconds(10)

    /// Shares that came are forgotten when no other one follows for this long: time enough to call
    /// the next person, and no reason to keep them overnight.
    static let sharesKeptFor = Duration.seconds(600)

    /// Milliseconds between two looks for shares that were left alone for too long.
    static let shareLookInterval: Int64 = 60_000

    /// Shares of one set: their numbers have one byte, and 0 is the secret.
    static let sharesMax: UInt32 = 255

    /// Milliseconds between two looks whether the anchor file is behind: what was written since
    /// can be rolled back unnoticed by it.
    static let anchorInterval: Int64 = 10_000

    /// Items of damage that are logged one by one; the API lists more.
    static let damageLoggedMax = 20

    /// Steps of progress that an unseal reports at most: a bar of a terminal has no more.
    static let progressStepsMax = 100

    /// Key slots of a new vault.
    static let newSlotsMax = 16

    /// Bytes of a passphrase.
    static let passphraseBytesMax = 4_096

    /// Bytes of a configuration file, far more than every key with a long list takes.
    static let configurationBytesMax = 1 << 20

    /// Bytes of a key file.
    static let keyfileBytes = 32

    /// Leases, or keys of one, that an answer lists on an event loop: a tenth of a millisecond.
    static let inlineLeaseItemsMax = 1_000

    /// Clients that watch the health service; those of one user are half of them at most.
    static let healthWatchersMax = 1_024

    /// Milliseconds between two automatic compactions: etcd's five minutes, or sooner for short
    /// periods.
    static let autoCompactionInterval: Int64 = 300_000
    static let autoCompactionIntervalMin: Int64 = 100

    /// Milliseconds between two looks for what retention has kept long enough.
    static let tidyInterval: Int64 = 3_600_000

    /// Requests of one watch stream that wait for the watch thread, before the client is held back.
    static let watchRequestsMax = 64

    /// A response of a watcher that allows fragments has fewer bytes: etcd's largest request and
    /// its overhead.
    static let watchFragmentBytes = messageBytesMax

    /// Clients that take a snapshot at a time: each has a copy of the records on the disk.
    static let snapshotsMax = 4

    /// Archives that are made or confirmed, one after the other.
    static let backupJobsMax = 4

    /// Bytes of an archive in one message: a whole frame, but for that of a very long record.
    static let archiveBlobBytes = 512 << 10

    /// Messages of an archive whose memory is used again: as many as are on their way at a time.
    static let archiveMessagesKept = 3

    /// How long the maker of an archive waits for a client that does not read, in nanoseconds:
    /// nothing is compacted meanwhile.
    static let archiveStallMax: Int64 = 60_000_000_000

    /// Defragmentations that wait, and what the snapshots have to do.
    static let copyJobsMax = 4 + 2 * snapshotsMax

    /// Bytes of the snapshot in one message, as etcd sends them.
    static let snapshotBlobBytes = 32 << 10

    /// Bytes that a keyring may have (docs/formats.md).
    static let keyringFileBytesMax: Int64 = 1 << 20

    /// Connections at a time. Each costs about 30 KB and two to four descriptors; a host has fewer
    /// clients.
    static let connectionsMaxDefault = 16_384

    /// Connections of one user at a time: whoever takes them all leaves room for other users.
    static let connectionsPerUserMaxDefault = 4_096

    /// Connections that only administrators of this machine get. Whoever may connect can fill the
    /// server, and then somebody has to be able to seal it.
    static let connectionsKept = 64

    /// Descriptors of one connection: its socket, its process, and two files of that in /proc.
    static let descriptorsPerConnection = 4

    /// Descriptors for everything else: files of the store, the audit log, event loops.
    static let descriptorsKept = 256

    /// Calls at a time on one connection; etcd has no limit, grpc-go opens few more than this.
    static let streamsPerConnectionMaxDefault = 1_024

    /// systemd kills a service that takes more than 90 s to stop; clients wait less.
    static let drainSecondsDefault = 10

    /// Connections that the kernel holds until they are accepted.
    static let listenBacklog: Int32 = 4_096

    /// Age of a data key at which it is replaced, in milliseconds: a year. The cipher's nonces
    /// are too long to ever repeat, so it is only how much one leaked key opens that this bounds.
    public static let rotateAfterDefault: Int64 = 365 * 86_400_000

    /// What is sealed under a data key before it is replaced: records, and bytes. SECURITY.md has
    /// the reasons.
    public static let rotateAfterRecordsDefault = 1 << 32
    public static let rotateAfterBytesDefault = 1 << 40

    /// Milliseconds between two looks at the data key: nine million records at full rate.
    static let rotationCheckInterval: Int64 = 60_000

    /// How many times as long as a count of records by data key took, it is made do with.
    static let censusPauseFactor = 20

    /// Milliseconds between two reports on a rewrap.
    static let rewrapReportInterval: Int64 = 500
}
