import VaultAccess
import VaultSeal
import VaultStore

/// Whether a store is as new as what is kept beside it says.
enum Freshness {
    /// What is older than it was; empty when nothing is.
    static func damage(
        of moment: StoreMoment, keyring: OpenedKeyring, auditDirectory: String
    ) throws(StoreError) -> [Damage] {
        let generation: UInt64
        do throws(SealError) { generation = try keyring.live.generation() } catch {
            throw .closed
        }
        var audited: Int64?
        do throws(AuditError) {
            audited = try AuditLog.newestRevision(in: auditDirectory, keys: keyring.auditKeys)
        } catch {
            // A log that cannot be read says nothing of the store, and its own check says so.
        }
        return judge(moment, keyringGeneration: generation, auditedRevision: audited)
    }

    /// The decision alone.
    static func judge(
        _ moment: StoreMoment, keyringGeneration: UInt64, auditedRevision: Int64?
    ) -> [Damage] {
        var damage: [Damage] = []
        if let auditedRevision, auditedRevision > moment.revision.rawValue {
            damage.append(
                Damage(
                    .rolledBack,
                    "the store is at revision \(moment.revision), the audit log has seen"
                        + " \(auditedRevision)"))
        }
        if moment.keyringGeneration > keyringGeneration {
            damage.append(
                Damage(
                    .rolledBack,
                    "the keyring is number \(keyringGeneration), the store has seen"
                        + " \(moment.keyringGeneration)"))
        }
        return damage
    }
}
