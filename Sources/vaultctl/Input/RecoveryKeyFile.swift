import VaultSeal

/// The file of a recovery key: the 32 bytes of its private half, readable by its owner alone.
enum RecoveryKeyFile {
    /// Makes a new key, in a new file.
    static func create(_ path: String) throws(CommandFailure) -> RecoveryPublicKey {
        let key: RecoveryKey
        do throws(SealError) { key = try RecoveryKey.random() } catch {
            throw CommandFailure(error)
        }
        let result = key.withBytes { bytes in
            Result { () throws(CommandFailure) in
                try NewSecretFile.create(path, what: "recovery key", bytes)
            }
        }
        try result.get()
        return key.publicKey
    }

    /// The private half in a file.
    static func read(_ path: String) throws(CommandFailure) -> SecretBuffer {
        let secret = try SecretFile.read(path, what: "recovery key", limit: 4096)
        guard secret.count == RecoveryKey.count else {
            throw CommandFailure(
                .failed, "recovery key \(path) has \(secret.count) bytes, not \(RecoveryKey.count)",
                nextStep: "use the file that 'vaultctl recovery-key generate' made")
        }
        return secret
    }

    /// The public half of the private one in a file.
    static func publicKey(of path: String) throws(CommandFailure) -> RecoveryPublicKey {
        var bytes = try read(path).withBytes { Array($0) }
        do throws(SealError) {
            return try RecoveryKey(wiping: &bytes).publicKey
        } catch { throw CommandFailure(error) }
    }
}
