import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl verify`: whether every record is what was written.
struct VerifyCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that every stored record is what was written.",
        discussion: """
            Opens every record of the running vault and holds what they add up to against the \
            sealed state: a record that was changed, removed, added, exchanged or put back is \
            noticed. The vault goes on meanwhile. Exits with 13 when something is wrong, and \
            lists it.

            EXAMPLES
              vaultctl verify
              vaultctl verify -o json
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let line = PercentLine(what: "verifying")
        let report: Vault_V1_DamageReport
        do {
            report = try await vault.verify {
                line.show(Int64(clamping: $0), of: Int64(clamping: $1))
            }
            line.clear()
        } catch {
            line.clear()
            throw error
        }
        switch options.output {
        case .table: try output.write(DamageListing.table(report))
        case .json:
            var json = JSONWriter()
            DamageListing.write(report, to: &json)
            try output.write(document: &json)
        }
        try output.flush()
        guard DamageListing.isClean(report) else {
            throw CommandFailure(
                .damaged, "the vault is not what was written",
                nextStep: "restore a backup, or seal and 'vaultctl unseal --accept-damage'")
        }
        return .done
    }
}
