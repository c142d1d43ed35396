/// How the log's files are kept.
public struct AuditSettings: Sendable {
    /// When lines are on the disk, and not only with the kernel: what a power cut may take. A
    /// killed process loses nothing under any of them.
    public enum Synchronization: Hashable, Sendable {
        /// Before `write` returns.
        case eachBatch
        /// At most this long after; `AuditLog.synchronizeIfDue` does it.
        case interval(Duration)
        /// When the kernel sees fit.
        case never
    }

    public var synchronization = Synchronization.interval(.seconds(1))
    /// Bytes kept allocated ahead of the file's end, for administrators on a full disk.
    public var reserveBytes = AuditLimits.reserveBytesDefault
    /// Bytes from which on a file is rotated.
    public var fileBytesMax = AuditLimits.fileBytesDefault
    /// Age from which on a file is rotated.
    public var fileAgeMax = AuditLimits.fileAgeDefault
    /// Finished files that are kept; 0 keeps all.
    public var keepFiles = 0

    public init() {}
}
