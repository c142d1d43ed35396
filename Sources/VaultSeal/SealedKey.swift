import Sodium

/// A wrapping key that only the owner of a public half can find: X25519 with a fresh ephemeral
/// key, hashed with both public halves (docs/formats.md, "Slot").
struct SealedKey: ~Copyable {
    let key: SecretBytes
    /// Tells the owner which key it is.
    let ephemeral: [UInt8]

    /// A new key for the owner of `publicHalf`. Throws `.invalidSlot` for a public half that
    /// gives every sender the same key.
    static func make(for publicHalf: [UInt8]) throws(SealError) -> SealedKey {
        let privateHalf = try SealError.memory { () throws(SodiumError) in
            try SecretBytes.random(count: KeyAgreement.keyCount)
        }
        let ephemeral = KeyAgreement.publicHalf(of: privateHalf)
        let shared = try SealError.memory { () throws(SodiumError) in
            try KeyAgreement.sharedSecret(privateHalf, publicHalf)
        }
        guard let shared else {
            throw .invalidSlot("the recipient's public half is weak; make another key")
        }
        return SealedKey(key: try hash(shared, publicHalf, ephemeral), ephemeral: ephemeral)
    }

    /// The same key, for the owner; nil when the ephemeral half is no honest sender's.
    static func open(
        _ privateHalf: borrowing SecretBytes, publicHalf: [UInt8], ephemeral: [UInt8]
    ) throws(SealError) -> SecretBytes? {
        let shared = try SealError.memory { () throws(SodiumError) in
            try KeyAgreement.sharedSecret(privateHalf, ephemeral)
        }
        guard let shared else { return nil }
        return try hash(shared, publicHalf, ephemeral)
    }

    private static func hash(
        _ shared: borrowing SecretBytes, _ publicHalf: [UInt8], _ ephemeral: [UInt8]
    ) throws(SealError) -> SecretBytes {
        var key = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: KeyAgreement.keyCount)
        }
        let message = Array("vd-slot2".utf8) + ephemeral + publicHalf
        shared.withBytes { shared in
            message.withUnsafeBytes { message in
                key.withMutableBytes { KeyedHash.digest(of: message, key: shared, into: $0) }
            }
        }
        return key
    }
}
