import Glibc
import Sodium

/// A small file that is only ever replaced whole, and is on the disk when a call returns.
struct DurableFile {
    let directory: String
    let name: String

    private var path: String { "\(directory)/\(name)" }

    /// Whether anything has this name, a dangling symbolic link included.
    func exists() throws(SealError) -> Bool {
        var status = stat()
        if lstat(path, &status) == 0 { return true }
        guard errno == ENOENT else { throw .system(errno: errno, operation: "stat \(path)") }
        return false
    }

    /// The content; nil when there is no such file. Only a regular file, not a link, is read.
    func read(limit: Int) throws(SealError) -> [UInt8]? {
        let descriptor = path.withCString {
            Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .system(errno: errno, operation: "open \(path)") }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(errno: errno, operation: "stat \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(what: "\(name): not a regular file")
        }
        return try readAll(descriptor, limit: limit)
    }

    private func readAll(_ descriptor: Int32, limit: Int) throws(SealError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno: errno, operation: "read \(path)") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .damaged(what: "\(name): too large") }
        }
    }

    /// Writes the file unless the name is taken; false when it is.
    func createNew(_ bytes: [UInt8]) throws(SealError) -> Bool {
        // link(2) fails where rename(2) would replace what somebody else made in between.
        try write(bytes) { temporary in link(temporary, path) }
    }

    /// Writes the file in place of what is there.
    func replace(_ bytes: [UInt8]) throws(SealError) {
        _ = try write(bytes) { temporary in rename(temporary, path) }
    }

    private func write(
        _ bytes: [UInt8], publish: (String) -> Int32
    ) throws(SealError) -> Bool {
        try SealError.memory { () throws(SodiumError) in try Sodium.initialize() }
        let temporary = "\(directory)/.\(name).\(Hexadecimal.encode(Random.bytes(count: 8))).tmp"
        let descriptor = Glibc.open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(errno: errno, operation: "create \(temporary)")
        }
        do throws(SealError) {
            try fill(descriptor, with: bytes, path: temporary)
        } catch {
            unlink(temporary)
            throw error
        }
        let failure = publish(temporary) == 0 ? 0 : errno
        // After a rename there is nothing to unlink; after a link or a failure there is.
        unlink(temporary)
        guard failure == 0 else {
            if failure == EEXIST { return false }
            throw .system(errno: failure, operation: "publish \(path)")
        }
        try syncDirectory()
        return true
    }

    /// Writes everything, makes it durable and closes the descriptor.
    private func fill(
        _ descriptor: Int32, with bytes: [UInt8], path: String
    ) throws(SealError) {
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
        // The mode given to open(2) is cut by the umask; this is not.
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .system(errno: errno, operation: "chmod \(path)")
        }
        guard fsync(descriptor) == 0 else {
            throw .system(errno: errno, operation: "fsync \(path)")
        }
    }

    private func writeAll(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(SealError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .system(errno: count == 0 ? EIO : errno, operation: "write \(path)")
            }
            rest = rest.dropFirst(count)
        }
    }

    private func syncDirectory() throws(SealError) {
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .system(errno: errno, operation: "open \(directory)")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(errno: errno, operation: "fsync \(directory)")
        }
    }
}
