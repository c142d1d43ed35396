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
        let secret = random()
        let result = secret.withBytes { bytes in
            Result { () throws(CommandFailure) in
                try NewSecretFile.create(path, what: "key file", bytes)
            }
        }
        try result.get()
        return secret
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
}
