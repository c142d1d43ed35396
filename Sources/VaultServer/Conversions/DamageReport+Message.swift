import VaultAPI
import VaultStore

extension DamageReport {
    /// As the API says it.
    var message: Vault_V1_DamageReport {
        var message = Vault_V1_DamageReport()
        message.revision = revision.rawValue
        message.records = records
        message.stateHashMatches = stateHashMatches
        message.damage = damage.items.map { item in
            var damage = Vault_V1_Damage()
            damage.kind = item.kind.rawValue
            damage.revision = item.revision
            damage.subRevision = Int64(item.sub)
            damage.what = item.what
            return damage
        }
        message.more = damage.more
        return message
    }
}
