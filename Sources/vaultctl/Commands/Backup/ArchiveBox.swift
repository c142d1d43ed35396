import VaultBackup

/// A file in the making, in a place that a closure may change.
final class ArchiveBox {
    private var file: AtomicFile?

    init(_ file: consuming AtomicFile) {
        self.file = consume file
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(BackupError) {
        try file?.append(bytes)
    }

    /// `otherName` is asked where the name was taken meanwhile.
    func publish(otherName: () -> String?) throws(BackupError) {
        try file.take()?.publish(otherName: otherName)
    }
}
