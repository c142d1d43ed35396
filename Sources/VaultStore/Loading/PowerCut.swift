#if canImport(Glibc)
    import Glibc
#endif

/// Knows whether the machine went down while the store was open.
///
/// While a store is open, the file `running` holds the kernel's boot id; a clean close removes it.
/// Another boot's id there means that the machine stopped without a close: only then may the newest
/// commit be half on the disk without anybody having tampered with the file. A process that was
/// killed leaves this boot's id, and a whole file, since the kernel has its writes.
struct PowerCut {
    static let fileName = "running"
    private let path: String

    init(directory: String) {
        path = directory + "/" + Self.fileName
    }

    /// The machine was started anew since the store was last open, without a clean close.
    func hasHappened() -> Bool {
        guard let recorded = Self.read(path), let current = Self.bootID else { return false }
        return recorded != current
    }

    func markOpen() throws(StoreError) {
        guard let id = Self.bootID else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .storage("\(path) cannot be written (errno \(errno))") }
        defer { close(descriptor) }
        let written = id.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == id.count, fsync(descriptor) == 0 else {
            throw .storage("\(path) cannot be written (errno \(errno))")
        }
    }

    func markClosed() {
        unlink(path)
    }

    private static var bootID: Bytes? { read("/proc/sys/kernel/random/boot_id") }

    private static func read(_ path: String) -> Bytes? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = Bytes(repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, 64) }
        return count > 0 ? Bytes(bytes[..<count]) : nil
    }
}
