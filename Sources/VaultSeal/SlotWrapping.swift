/// How a slot wraps the root key (docs/formats.md, "Slot").
enum SlotWrapping: Equatable {
    /// Under the slot's key, by a vaultd that knew no public halves. It cannot be wrapped anew
    /// without its credential.
    case ofFormat1
    /// Under a subkey of the slot's key. The public half is for the day when the root key changes.
    case underSlotKey(publicHalf: [UInt8])
    /// Under a key that only the slot's private half finds, with a fresh ephemeral key.
    /// Anybody who has seen the slot can make one, so that it proves nothing of who did.
    case toPublicHalf([UInt8], ephemeral: [UInt8])
    /// The same, and under the slot's secret, which nobody knows but the owner of the credential
    /// and the vault.
    case toPublicHalfWithSecret([UInt8], ephemeral: [UInt8])

    static let keyCount = 32

    var code: UInt8 {
        switch self {
        case .ofFormat1: 0
        case .underSlotKey: 1
        case .toPublicHalf: 2
        case .toPublicHalfWithSecret: 3
        }
    }

    /// What a new root key can be wrapped for; nil when the credential is needed for that.
    var publicHalf: [UInt8]? {
        switch self {
        case .ofFormat1: nil
        case .underSlotKey(let publicHalf), .toPublicHalf(let publicHalf, _),
            .toPublicHalfWithSecret(let publicHalf, _):
            publicHalf
        }
    }

    /// The slot's fields from `wrapping` on, up to the wrapped root key.
    var bytes: [UInt8] {
        let zeros = [UInt8](repeating: 0, count: Self.keyCount)
        switch self {
        case .ofFormat1: return [code] + zeros + zeros
        case .underSlotKey(let publicHalf): return [code] + publicHalf + zeros
        case .toPublicHalf(let publicHalf, let ephemeral),
            .toPublicHalfWithSecret(let publicHalf, let ephemeral):
            return [code] + publicHalf + ephemeral
        }
    }

    static let byteCount = 1 + 2 * keyCount

    init(_ reader: inout ByteReader) throws(SealError) {
        let code = try reader.number(UInt8.self)
        let publicHalf = Array(try reader.take(Self.keyCount))
        let ephemeral = Array(try reader.take(Self.keyCount))
        let hasPublicHalf = publicHalf.contains { $0 != 0 }
        let hasEphemeral = ephemeral.contains { $0 != 0 }
        switch (code, hasPublicHalf, hasEphemeral) {
        case (0, false, false): self = .ofFormat1
        case (1, true, false): self = .underSlotKey(publicHalf: publicHalf)
        case (2, true, true): self = .toPublicHalf(publicHalf, ephemeral: ephemeral)
        case (3, true, true): self = .toPublicHalfWithSecret(publicHalf, ephemeral: ephemeral)
        default: throw .damaged(what: "keyring: a slot's wrapping does not fit")
        }
    }

}
