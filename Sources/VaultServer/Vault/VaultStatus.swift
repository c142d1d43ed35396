import VaultSeal
import VaultStore

/// The vault as a glance sees it, in any state.
struct VaultStatus: Sendable {
    var isInitialized: Bool
    var isSealed: Bool
    /// What the keyring file says without a key; nil before init or when it is damaged.
    var keyring: KeyringDescription?
    /// The set whose shares came while the vault is sealed, and how many.
    var shares: (set: ShareSet, given: Int)?
    /// nil while sealed.
    var store: StoreStatus?
    /// What was found to be damaged, if anything.
    var damage: String?
}
