import Sodium

/// The private half of a recipient: kept where the vault is not, and brought to open it.
public struct RecoveryKey: ~Copyable, Sendable {
    /// Bytes of a recovery key's file.
    public static let count = KeyAgreement.keyCount

    private let secret: SecretBytes

    /// Makes a new one.
    public static func random() throws(SealError) -> RecoveryKey {
        try SealError.memory { () throws(SodiumError) in
            try Sodium.initialize()
            return RecoveryKey(try SecretBytes.random(count: count))
        }
    }

    /// Takes the bytes of a recovery key's file, which has `count` of them, and zeroes them.
    public init(wiping bytes: inout [UInt8]) throws(SealError) {
        precondition(bytes.count == Self.count, "a recovery key has 32 bytes")
        do throws(SodiumError) {
            try Sodium.initialize()
            secret = try SecretBytes(wiping: &bytes)
        } catch { throw .memory(error) }
    }

    private init(_ secret: consuming SecretBytes) {
        self.secret = secret
    }

    /// What a vault is given.
    public var publicKey: RecoveryPublicKey {
        RecoveryPublicKey(bytes: KeyAgreement.publicHalf(of: secret))
    }

    /// Lends the bytes of the file.
    public borrowing func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        secret.withBytes(body)
    }
}
