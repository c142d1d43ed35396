/// What a test wants a system call to do instead of its work.
package enum AuditFault: Sendable {
    /// Fail with this errno.
    case errno(Int32)
    /// Write only so many bytes, then fail with this errno.
    case short(Int, errno: Int32)

    /// Asked before each system call; nil lets it do its work.
    package typealias Hook = @Sendable (AuditStep) -> AuditFault?
}
