public import Sodium

/// Something that opens a key slot. It holds the secret alone: handing it over consumes it.
public enum Credential: ~Copyable, Sendable {
    /// A passphrase's bytes, as they were typed: no trimming, no Unicode normalization.
    case passphrase(SecretBytes)
    /// The bytes of a key file: 32 random ones.
    case keyfile(SecretBytes)
    /// The 32 bytes that enough shares of a set gave together.
    case shares(SecretBytes)
    /// The 32 bytes of a recovery key: the private half of a recipient.
    case recoveryKey(SecretBytes)

    /// The kind of slot that it opens.
    public var kind: SlotKind {
        switch self {
        case .passphrase: .passphrase
        case .keyfile: .keyfile
        case .shares: .shamir
        case .recoveryKey: .recipient
        }
    }

    var isEmptyPassphrase: Bool {
        switch self {
        case .passphrase(let passphrase): passphrase.count == 0
        case .keyfile: false
        case .shares: false
        case .recoveryKey: false
        }
    }
}

extension Credential {
    /// A passphrase; `bytes` are wiped.
    public static func passphrase(wiping bytes: inout [UInt8]) throws(SealError) -> Credential {
        .passphrase(try secret(wiping: &bytes))
    }

    /// The content of a key file; `bytes` are wiped.
    public static func keyfile(wiping bytes: inout [UInt8]) throws(SealError) -> Credential {
        .keyfile(try secret(wiping: &bytes))
    }

    /// A recovery key; `bytes` are wiped.
    public static func recoveryKey(wiping bytes: inout [UInt8]) throws(SealError) -> Credential {
        .recoveryKey(try secret(wiping: &bytes))
    }

    private static func secret(wiping bytes: inout [UInt8]) throws(SealError) -> SecretBytes {
        try SealError.memory { () throws(SodiumError) in try SecretBytes(wiping: &bytes) }
    }
}
