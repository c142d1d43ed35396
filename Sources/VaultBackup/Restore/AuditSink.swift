public import VaultSeal

/// Takes the lines of the audit log that archives have. What a line is, this module does not know.
public protocol AuditSink: AnyObject {
    /// Whole lines that follow one another; the first has this number. When it is not the one
    /// behind the last line, those before were given up when the archive was made.
    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError)

    /// There are no more, and the log's last line was this.
    ///
    /// - Parameter keys: of the restored vault.
    func finish(sequence: UInt64, hash: [UInt8], keys: AuditKeys) throws(BackupError)
}
