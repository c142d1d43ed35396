/// Every bound of the audit log, with its reason.
public enum AuditLimits {
    /// The longest line, its newline included: what a reader must hold. The longest that is
    /// written has 16 operations with two plain keys of `plainKeyBytesMax` bytes, each of them
    /// escaped to six: about 51 KiB.
    public static let lineBytesMax = 64 << 10

    /// Operations of a transaction that are named; the others are counted.
    public static let operationsMax = 16

    /// Bytes of a key that are written plain; of a longer one the first half of that.
    public static let plainKeyBytesMax = 256

    /// Bytes of a unit's, a user's or a method's name: systemd's own limit for units. More is cut.
    public static let nameBytesMax = 255

    /// Bytes of the reason in a line about trouble.
    public static let reasonBytesMax = 1024

    /// Bytes that a batch should hold at most before it is written: what one write(2) copies in
    /// well under a millisecond.
    public static let batchBytesMax = 256 << 10

    /// Bytes of new lines after which their way to the disk begins, without waiting for the sync of
    /// all: so few that the sync of a put, for which the disk has them first, hardly notices.
    static let writingBytes: Int64 = 128 << 10

    /// Microseconds between two such pieces: at the highest rates pieces of any size cost the same.
    static let writingInterval: Int64 = 100_000

    /// Bytes of the log's file kept allocated ahead: thousands of administrators' requests.
    public static let reserveBytesDefault = 1 << 20

    /// Bytes of a file before it is rotated: verified in a second, and small enough to ship.
    public static let fileBytesDefault: Int64 = 64 << 20

    /// A file's age before it is rotated.
    public static let fileAgeDefault: Duration = .seconds(24 * 3600)

    /// Bytes that are read at a time when a log is opened or verified.
    static let readBytes = 256 << 10

    /// Recent lines that the verifier knows by hash, to tell a repeated line from a foreign one.
    static let recentLinesMax = 4096

    /// Breaks for which the verifier still looks for the lines that are missing in them.
    static let gapsMax = 64

    /// Problems that a report lists; the others are counted. One edit makes one problem, so a
    /// longer list says nothing more.
    static let problemsMax = 10_000

    /// Rotated files that are looked at when old ones are removed.
    static let rotatedFilesMax = 100_000
}
