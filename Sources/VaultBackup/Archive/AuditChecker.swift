/// Looks whether lines of the audit log that archives have follow from one another. What a line is,
/// this module does not know.
public protocol AuditChecker: AnyObject {
    /// The next archive that has lines begins. It has those behind the lines of the one before if
    /// it continues them, and otherwise all that the log had.
    func begin(continues: Bool)

    /// Whole lines that should follow one another; the first has this number. When it is a higher
    /// one than is expected, those between were deleted from the log before the archive was made.
    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError)

    /// The archive ends, and says that this was the log's last line.
    func end(sequence: UInt64, hash: [UInt8]) throws(BackupError)
}
