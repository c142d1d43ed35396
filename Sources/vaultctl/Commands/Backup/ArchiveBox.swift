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

    func publish() throws(BackupError) {
        try file.take()?.publish()
    }
}
