import ArgumentParser
import VaultClient

/// `vaultctl audit hash`: what stands for a key in the log.
struct AuditHashCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Print what stands for a key in the log.",
        discussion: """
            The name itself where vaultd is configured to log names.

            EXAMPLES
              vaultctl audit hash db/password
              grep "$(vaultctl audit hash db/password)" audit.jsonl
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    func validate() throws { try KeyName.check(key) }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let hash = try await vault.auditHash(of: Array(key.utf8))
        try report(TerminalText.escaped(hash.utf8), to: &output) {
            $0.field("key", key)
            $0.field("hash", hash)
        }
        return .done
    }
}
