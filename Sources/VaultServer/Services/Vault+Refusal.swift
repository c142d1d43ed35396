import RPC
import VaultStore

extension Vault {
    /// The answer to an error of the store. Damage is more than an answer: the vault stops serving.
    func refusal(for error: StoreError) -> Status {
        if case .damaged(let what) = error { reportDamage(what) }
        return StatusTable.status(of: error)
    }
}
