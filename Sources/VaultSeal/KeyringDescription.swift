/// What can be said about a vault's keyring without a key. Only the plain checksum was verified,
/// so it tells of decay, not of tampering.
public struct KeyringDescription: Sendable, Hashable {
    /// The vault.
    public let storeID: StoreID
    /// Its current life.
    public let timeline: Timeline
    /// Its key slots, in order of id.
    public let slots: [SlotDescription]
}
