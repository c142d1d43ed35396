/// A slot that was just made, and what the keyring has to keep of it.
struct MadeKeySlot {
    let slot: KeySlot
    /// Nil for a recipient, of whom the vault knows nothing but the public half.
    let secret: SlotSecret?
}
