/// What can be said about a key slot without a key.
public struct SlotDescription: Sendable, Hashable {
    /// Unique in the vault, never used again.
    public let id: UInt32
    /// What opens it.
    public let kind: SlotKind
    /// A name for people; may be empty.
    public let label: String
    /// The cost of a passphrase slot; nil for the other kinds.
    public let passphraseCost: PassphraseCost?
    /// Whose shares open it; nil for the other kinds.
    public let shares: ShareSet?

    /// One line for people: `Argon2id, 256 MiB, 3 passes`.
    public var description: String {
        switch kind {
        case .passphrase:
            guard let cost = passphraseCost else { return "Argon2id" }
            let passes = cost.operations == 1 ? "1 pass" : "\(cost.operations) passes"
            return "Argon2id, \(cost.memory >> 20) MiB, \(passes)"
        case .keyfile: return "32-byte key file"
        case .shamir:
            guard let shares else { return "shares" }
            return "any \(shares.threshold) of \(shares.count) shares"
        case .recipient: return "X25519 recipient"
        }
    }
}
