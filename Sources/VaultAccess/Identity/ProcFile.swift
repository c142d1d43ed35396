import Glibc

/// A file of /proc, whose text is made anew whenever it is read.
struct ProcFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// nil when it cannot be opened.
    init?(_ path: String, in directory: Int32 = AT_FDCWD) {
        descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// All of it, as it is now; nil when it cannot be read or is too long.
    func read() -> [UInt8]? {
        let limit = IdentityLimits.procFileBytesMax
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            while count <= limit {
                let result = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                    off_t(count))
                guard result >= 0 else { return }
                if result == 0 {
                    isWhole = true
                    return
                }
                count += result
            }
        }
        return isWhole ? bytes : nil
    }
}
