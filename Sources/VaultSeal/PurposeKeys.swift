import Sodium

/// The parents of the subkeys that outlive a root key: one for each root key that the vault had,
/// oldest first. Until the root key changes the first time, it is the only one itself.
struct PurposeKeys: ~Copyable {
    private static let keyCount = 32

    private let secret: SecretBytes
    /// One more than there were changes of the root key.
    let count: Int

    init(_ keyring: borrowing Keyring, rootKey: borrowing RootKey) throws(SealError) {
        let count = max(keyring.purposeKeyCount, 1)
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: count * Self.keyCount)
        }
        secret.withMutableBytes { output in
            if keyring.purposeKeyCount == 0 {
                rootKey.lend { output.copyMemory(from: $0) }
            }
            for index in 0..<keyring.purposeKeyCount {
                keyring.withPurposeKey(at: index) {
                    output.part(index * Self.keyCount, Self.keyCount).copyMemory(from: $0)
                }
            }
        }
        self.secret = secret
        self.count = count
    }

    /// Writes a subkey of the parent at `index`, 16 to 64 bytes, to `output`.
    func derive(
        _ purpose: RootKey.Purpose, at index: Int, into output: UnsafeMutableRawBufferPointer
    ) {
        secret.withBytes { keys in
            KeyDerivation.derive(
                purpose.rawValue, context: "vd-root1",
                from: keys.part(index * Self.keyCount, Self.keyCount), into: output)
        }
    }
}
