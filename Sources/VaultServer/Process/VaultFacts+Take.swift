import VaultDoctor
import VaultSeal

extension VaultFacts {
    mutating func take(_ keyring: KeyringDescription) {
        slots = keyring.slots.map { slot in
            Slot(
                id: slot.id, kind: slot.kind.rawValue, survivesMachine: slot.kind != .keyfile,
                passphraseMebibytes: slot.passphraseCost.map { UInt64($0.memory >> 20) })
        }
    }

    mutating func take(_ audit: AuditConfiguration) {
        auditSync =
            switch audit.synchronization {
            case .each: .each
            case .interval: .interval
            case .never: .never
            }
        auditNamesKeys = audit.namesKeys
    }
}
