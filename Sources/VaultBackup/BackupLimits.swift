import VaultStore

/// A limit on everything that this module does, each with its reason.
enum BackupLimits {
    /// A call that signals interrupt this often in a row is not going to be done.
    static let interruptionsMax = 1000
    /// A step of reading: large enough that the calls cost nothing.
    static let readBytes = 256 << 10
    /// What a disk is given at a time of a large file: enough for nearly its full speed, and no
    /// more than what somebody else's sync can wait for.
    static let writeBlockBytes = 128 << 10
    /// The longest name of a file that Linux takes.
    static let nameBytesMax = 255
    /// Names that are tried for a file when others take them first.
    static let namesTriedMax = 16
    /// Names in one directory of backups: a century of them.
    static let namesMax = 1 << 20
    /// What stays free beside an archive, so that the machine and a prune can still work.
    static let reservedBytes: Int64 = 16 << 20
    /// Values that a restore into a vault holds at a time; for more the archives are read again.
    static let pastValueBytesMax = 64 << 20
    /// A ledger of a century of daily drills has some 200 MiB; one of years is read at once.
    static let ledgerBytesMax = 256 << 20
    /// A report has a few KiB; one with thousands of findings still fits.
    static let ledgerLineBytesMax = 1 << 20
    /// A report has objects in lists in objects; deeper is nothing of ours.
    static let jsonDepthMax = 12
    /// Missed runs get a line each up to a year of daily ones; the last line counts the rest.
    static let missedLinesMax = 366
    /// The text of a mark is a time.
    static let markBytesMax = 64
    /// Frames of an archive that are found at a time: a GiB of records, in 200 KB.
    static let framesFoundMax = 4096
    /// Opened frames that wait for those before them: a MiB, or four times the largest record.
    static let framesWaitingMax = 4
    /// Reading an archive is bound by decryption and hashing, which run on every core.
    static var threads: Int { Limits.scanThreadsDefault }
    /// A frame takes a millisecond to read and as long to encrypt, nanoseconds. A thread that needs
    /// so much longer is starved by others.
    static let framePatience: Int64 = 250_000_000
    /// Plaintext frames on their way from the store into an archive.
    static let framesUnsentMax = 3
}
