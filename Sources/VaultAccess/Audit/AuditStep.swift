/// The system calls of the log, for tests that let one fail.
package enum AuditStep: Hashable, Sendable {
    case open, create, write, writeHead, allocate, synchronize, synchronizeDirectory, rename
    case truncate, remove, status, startWriting
}
