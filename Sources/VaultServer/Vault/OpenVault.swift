import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

/// What an unsealed vault holds.
final class OpenVault: Sendable {
    let store: Store
    let header: ResponseHeader
    /// The only place that keeps the keys reachable, besides the store.
    let cipher: RecordCipher
    let auditKeys: AuditKeys
    let stateHashKey: StateHashKey
    /// What it was opened through.
    let slot: AuditSlot
    /// What was found when it was opened with damage accepted; nil when nothing is damaged.
    let damage: DamageReport?
    /// Changes who can open the vault, and its keys.
    let keyring: LiveKeyring
    /// Set when sealing began: long reads stop between two slices instead of holding it up.
    let isClosing = Atomic(false)
    /// What is under which data key.
    let census = Mutex(DataKeyCensus())
    /// Every record is under the newest data key; the others are about to be retired.
    let isRetiring = Atomic(false)

    init(store: Store, keyring: OpenedKeyring, damage: DamageReport? = nil) {
        self.damage = damage
        self.store = store
        cipher = keyring.cipher
        auditKeys = keyring.auditKeys
        stateHashKey = keyring.stateHashKey
        self.keyring = keyring.live
        slot = AuditSlot(id: keyring.slot.id, kind: keyring.slot.kind)
        header = ResponseHeader(storeID: cipher.storeID, timeline: cipher.timeline)
    }
}
