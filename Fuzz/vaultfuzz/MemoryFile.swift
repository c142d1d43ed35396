import Glibc

/// A plain file that is on no disk, under a path that can be opened.
final class MemoryFile {
    let path: String
    private let descriptor: Int32

    init() throws {
        var name = Array("/dev/shm/vaultfuzz.XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw ScratchDirectory.Failure(call: "mkstemp", code: errno)
        }
        unlink(name)
        path = "/proc/self/fd/\(descriptor)"
    }

    deinit { close(descriptor) }

    /// Replaces what is in it.
    func fill(_ bytes: [UInt8]) {
        let isFilled =
            ftruncate(descriptor, 0) == 0
            && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
        precondition(isFilled, "a file in memory takes bytes")
    }
}
