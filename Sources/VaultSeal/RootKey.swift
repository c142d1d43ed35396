import Sodium

/// The vault's root key, in guarded memory. It encrypts nothing itself: each purpose has a subkey
/// (docs/formats.md, "Keys and where they come from").
struct RootKey: ~Copyable {
    static let count = 32

    /// What a subkey is for. The raw values are in every vault: never change or reuse one.
    enum Purpose: UInt64 {
        case keyring = 1
        case keyringFileMAC = 2
        /// From here on from a `PurposeKeys`, so that they outlive the root key.
        case stateHash = 3
        case auditChain = 4
        case auditKeyNames = 5
        case archive = 6
        case archiveSignature = 8
    }

    private var secret: SecretBytes

    init(_ secret: consuming SecretBytes) {
        precondition(secret.count == Self.count, "a root key has 32 bytes")
        self.secret = secret
    }

    static func random() throws(SealError) -> RootKey {
        RootKey(
            try SealError.memory { () throws(SodiumError) in
                try SecretBytes.random(count: count)
            })
    }

    func subkey(_ purpose: Purpose) throws(SealError) -> SecretBytes {
        try SealError.memory { () throws(SodiumError) in
            try KeyDerivation.derive(purpose.rawValue, context: "vd-root1", from: secret)
        }
    }

    /// Another owner of the same key.
    func copy() throws(SealError) -> RootKey {
        var copy = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.count)
        }
        lend { key in copy.withMutableBytes { $0.copyMemory(from: key) } }
        return RootKey(copy)
    }

    mutating func erase() { secret.erase() }

    /// Lends the bytes to what cannot fail.
    borrowing func lend(_ body: (UnsafeRawBufferPointer) -> Void) {
        secret.withBytes(body)
    }

    borrowing func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(SealError) -> R
    ) throws(SealError) -> R {
        try secret.withBytes(body)
    }
}
