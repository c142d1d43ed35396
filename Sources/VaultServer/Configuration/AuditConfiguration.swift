import VaultAccess

/// What an operator may choose of the audit log.
public struct AuditConfiguration: Equatable, Sendable {
    /// When lines are made durable: with each batch, after so many milliseconds, or by the kernel.
    public enum Synchronization: Equatable, Sendable {
        case each
        case interval(Int64)
        case never
    }

    public var synchronization = Synchronization.interval(1_000)
    /// A file of this size, or of this age in milliseconds, is put aside and another begun.
    public var fileBytesMax = Limits.auditFileBytesDefault
    public var fileAgeMax = Limits.auditFileAgeDefault
    /// Files put aside that are kept; 0 is all.
    public var keepFiles = 0
    /// Write the names of keys as they are, and not their hashes.
    public var namesKeys = false

    public init() {}

    var settings: AuditSettings {
        var settings = AuditSettings()
        switch synchronization {
        case .each: settings.synchronization = .eachBatch
        case .interval(let time): settings.synchronization = .interval(.milliseconds(time))
        case .never: settings.synchronization = .never
        }
        settings.fileBytesMax = Int64(fileBytesMax)
        settings.fileAgeMax = .milliseconds(fileAgeMax)
        settings.keepFiles = keepFiles
        return settings
    }
}
