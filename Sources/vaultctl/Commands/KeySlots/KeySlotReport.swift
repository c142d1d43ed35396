import VaultAPI
import VaultClient

/// What the commands that make a slot have in common.
enum KeySlotReport {
    /// Nobody should type a passphrase to learn that the vault is sealed, nor find a key file that
    /// opens nothing.
    static func collect(
        _ new: NewSlotOptions, on vault: VaultConnection
    ) async throws -> InitPlan {
        let status = try await vault.status()
        guard status.initialized, !status.sealed else {
            throw CommandFailure(
                .sealed, status.initialized ? "the vault is sealed" : "the vault has no keys yet",
                nextStep: status.initialized
                    ? "unseal it with 'vaultctl unseal'" : "create them with 'vaultctl init'")
        }
        return try new.collect()
    }

    static func write(
        _ response: Vault_V1_AddSlotResponse, saying sentence: String, _ options: GlobalOptions,
        _ output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            try output.write(sentence + "\n")
            for share in response.shares {
                try output.write("share  \(TerminalText.escaped(share.utf8))\n")
            }
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.name("slot")
                StatusReport.write(response.slot, to: &json)
                json.field("shares") { json in response.shares.forEach { json.string($0) } }
            }
            try output.write(document: &json)
        }
    }
}
