import VaultAPI
import VaultDoctor

extension Finding {
    /// As the vault sent it. A severity that a newer vault has is taken for a warning.
    init(_ message: Vault_V1_Finding) {
        self.init(
            message.id, Severity(rawValue: message.severity) ?? .warning, message.what,
            fix: message.fix)
    }
}
