import Sodium

/// What the owner of a slot's credential and the vault know of the slot, and nobody who has only
/// seen its file: without it a root key can be wrapped for the slot's public half by anybody.
///
/// It opens nothing by itself. The keyring keeps it, so that `rotate --root` needs nobody there.
final class SlotSecret {
    static let count = 32
    private let secret: SecretBytes

    init(_ secret: consuming SecretBytes) {
        self.secret = secret
    }

    /// A copy of bytes that lie in guarded memory.
    init(copying bytes: UnsafeRawBufferPointer) throws(SealError) {
        precondition(bytes.count == Self.count, "a slot's secret has one size")
        var copy = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.count)
        }
        copy.withMutableBytes { $0.copyMemory(from: bytes) }
        secret = copy
    }

    /// Lends the bytes, to be put into a keyring.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { secret.withBytes(body) }

    /// The key of a wrapping that needs both: `key` keyed with the secret.
    func mixed(with key: borrowing SecretBytes) throws(SealError) -> SecretBytes {
        var mixed = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.count)
        }
        key.withBytes { key in
            secret.withBytes { secret in
                mixed.withMutableBytes { KeyedHash.digest(of: key, key: secret, into: $0) }
            }
        }
        return mixed
    }
}
