import Synchronization
import VaultSeal
import VaultStore

/// What an unsealed vault holds.
final class OpenVault: Sendable {
    let store: Store
    let header: ResponseHeader
    let storeID: StoreID
    let timeline: Timeline
    /// Set when sealing began: long reads stop between two slices instead of holding it up.
    let isClosing = Atomic(false)

    init(store: Store, storeID: StoreID, timeline: Timeline) {
        self.store = store
        self.storeID = storeID
        self.timeline = timeline
        header = ResponseHeader(storeID: storeID, timeline: timeline)
    }
}
