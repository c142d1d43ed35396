import VaultAPI
import VaultSeal

extension Vault_V1_Slot {
    init(_ description: SlotDescription) {
        self.init()
        id = description.id
        kind = description.kind.rawValue
        description_p = description.description
        label = description.label
        survivesMachine = description.survivesMachine
    }
}

extension Vault_V1_ShareProgress {
    init(_ set: ShareSet, given: Int) {
        self.init()
        setID = ShareSet.text(ofID: set.id)
        self.given = UInt32(clamping: given)
        threshold = UInt32(set.threshold)
    }
}

extension ShareText {
    /// A copy for a message of the API. It cannot be wiped; the heap overwrites it when freed.
    var message: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
