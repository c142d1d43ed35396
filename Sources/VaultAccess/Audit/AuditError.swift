/// Why a line could not be written, or the log not be opened. In every case the request that the
/// line is about must not be answered as done.
public enum AuditError: Error, Equatable, Sendable {
    /// The disk is full: what is left is for administrators. Lines of administrators in the same
    /// batch were written. Make room; the log goes on by itself.
    case reserveOnly
    /// Somebody changed the log's files. Lines of administrators in the same batch were written.
    /// Find out what happened, then have it go on (`AuditLog.resume`).
    case broken(AuditTrouble)
    /// Nothing can be written; nothing of the batch was. It is tried again every second.
    case unwritable(errno: Int32, operation: String)
    /// The log was closed.
    case closed
    /// A file or directory has the wrong owner, mode or kind; the text says which.
    case unsafe(String)
    /// A system call failed.
    case system(errno: Int32, operation: String)
}
