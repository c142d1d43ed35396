import VaultSeal

/// What an init came to.
struct InitOutcome: Sendable {
    var keyring: KeyringDescription
    /// No given slot could open the vault at once.
    var isSealed: Bool
    /// Of all slots that shares open, in their order.
    var shares: [ShareText]
}
