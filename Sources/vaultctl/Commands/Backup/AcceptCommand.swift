import ArgumentParser
import VaultClient

/// `vaultctl accept`: ends the quarantine of a restored vault.
struct AcceptCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Let a restored vault act by itself again.",
        discussion: """
            A restored vault serves at once, but no lease of it ends, nothing of its history is \
            removed and no key is rotated, so that a look at an old state cannot do harm. Look at \
            it, take back what was revoked after the backup, and accept it.

            EXAMPLES
              vaultctl status
              vaultctl accept
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let revision = try await vault.accept()
        try report("accepted at revision \(revision)", to: &output) {
            $0.field("accepted", true)
            $0.field("revision", revision)
        }
        return .done
    }
}
