import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl status`: how the vault is.
struct StatusCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the vault is.",
        discussion: """
            Exits with 5 when the vault is sealed or not initialised, with 1 when its disk failed \
            and nothing can be written, and shows it all the same. With --live that is 0, too: to \
            start a vault again is no cure for a missing key or a bad disk, and ends the reads.

            EXAMPLES
              vaultctl status
              vaultctl status --live || systemctl restart vaultd
              vaultctl -o json status | jq .revision
            """)

    @Flag(help: "Exit with 0 whenever the vault answers, however it is.")
    var live = false

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
        if live { return .done }
        guard status.initialized, !status.sealed else { return .sealed }
        return status.storeTrouble.isEmpty ? .done : .failed
    }
}
