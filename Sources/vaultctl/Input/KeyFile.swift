import Glibc

/// A key file: 32 random bytes that open the vault, readable by their owner alone.
enum KeyFile {
    static let byteCount = 32

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The key in an existing file.
    static func read(_ path: String) throws(CommandFailure) -> SecretBuffer {
        let secret = try SecretFile.read(path, what: "key file", limit: 4096)
        guard secret.count == byteCount else {
            throw CommandFailure(
                .failed, "key file \(path) has \(secret.count) bytes, not \(byteCount)",
                nextStep: "use a key file that 'vaultctl init' made")
        }
        return secret
    }

    /// Makes a new key file that is on the disk, name included, when this returns: a vault must
    /// not outlive the only key that opens it.
    static func create(_ path: String) throws(CommandFailure) -> SecretBuffer {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { Glibc.close(descriptor) }
        do throws(CommandFailure) {
            let secret = random()
            let written = secret.withBytes { write(descriptor, $0.baseAddress, $0.count) }
            // The umask may have taken the owner's own rights away.
            guard written == byteCount, fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0
            else { throw failure("write", path) }
            try synchronizeDirectory(of: path)
            return secret
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Takes back a file that `create` made for a vault that came to nothing.
    static func remove(_ path: String) {
        unlink(path)
    }

    private static func random() -> SecretBuffer {
        // Swift's system generator is getrandom(2) on Linux.
        var generator = SystemRandomNumberGenerator()
        var secret = SecretBuffer(capacity: byteCount)
        for _ in 0..<byteCount { secret.append(UInt8.random(in: .min ... .max, using: &generator)) }
        return secret
    }

    private static func synchronizeDirectory(of path: String) throws(CommandFailure) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the directory of", path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronise the directory of", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> CommandFailure {
        CommandFailure(.failed, "cannot \(verb) key file \(path): \(SystemFailure.text(errno))")
    }
}
