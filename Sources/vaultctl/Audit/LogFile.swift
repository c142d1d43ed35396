import Glibc

/// A file of the audit log, open for reading.
struct LogFile: ~Copyable {
    private static let chunkBytes = 64 * 1024
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .failed, "cannot open \(path): \(SystemFailure.text(errno))",
                nextStep: errno == EACCES
                    ? "run this as the user of vaultd, or name a copy with --file"
                    : "see 'vaultctl audit status'")
        }
    }

    deinit { close(descriptor) }

    func identity() throws(CommandFailure) -> FileIdentity {
        let status = try status()
        return FileIdentity(device: UInt(status.st_dev), number: UInt(status.st_ino))
    }

    func size() throws(CommandFailure) -> Int { Int(try status().st_size) }

    /// Some bytes from `offset` on; none at the end of the file.
    func read(from offset: Int) throws(CommandFailure) -> [UInt8] {
        try read(from: offset, count: Self.chunkBytes)
    }

    /// The bytes that end at `offset`; fewer than a whole chunk only at the file's beginning.
    func read(upTo offset: Int) throws(CommandFailure) -> [UInt8] {
        let count = min(offset, Self.chunkBytes)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try read(from: offset - count + bytes.count, count: count - bytes.count)
            guard !more.isEmpty else {
                throw CommandFailure(
                    .failed, "\(path) was cut short", nextStep: "see 'vaultctl audit status'")
            }
            bytes += more
        }
        return bytes
    }

    /// Which file has the path now; nil when none has.
    static func identity(at path: String) -> FileIdentity? {
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt(status.st_dev), number: UInt(status.st_ino))
    }

    private func status() throws(CommandFailure) -> stat {
        var status = Glibc.stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        return status
    }

    private func read(from offset: Int, count: Int) throws(CommandFailure) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result: Int
            repeat {
                result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            } while result < 0 && errno == EINTR
            failed = result < 0
            filled = max(result, 0)
        }
        guard !failed else { throw failure() }
        return bytes
    }

    private func failure() -> CommandFailure {
        CommandFailure(.failed, "cannot read \(path): \(SystemFailure.text(errno))")
    }
}
