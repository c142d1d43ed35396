public import VaultSeal

/// The key slot that an unseal went through, as a line names it.
public struct AuditSlot: Equatable, Sendable {
    /// Unique in the vault, never used again.
    public let id: UInt32
    /// What opens it.
    public let kind: SlotKind

    /// Names a slot of the vault.
    public init(id: UInt32, kind: SlotKind) {
        self.id = id
        self.kind = kind
    }
}
