import Glibc

/// An open file of the log. Closed with its last owner, so that a sync under way outlives a
/// rotation.
final class AuditFile: Sendable {
    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
