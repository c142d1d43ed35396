import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl status`: how the vault is.
struct StatusCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the vault is.",
        discussion: """
            Exits with 5 when the vault is sealed or not initialised, and shows it all the same.

            EXAMPLES
              vaultctl status
              vaultctl -o json status | jq .revision
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let status = try await vault.status()
        switch options.output {
        case .table: try output.write(StatusReport.table(status))
        case .json:
            var json = JSONWriter()
            StatusReport.write(status, to: &json)
            try output.write(document: &json)
        }
        return status.initialized && !status.sealed ? .done : .sealed
    }
}
