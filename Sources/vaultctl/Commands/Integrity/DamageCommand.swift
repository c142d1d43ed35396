import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl damage`: what was damaged when the vault was opened all the same.
struct DamageCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "damage",
        abstract: "Show what is damaged in a vault that was opened with --accept-damage.",
        discussion: """
            A vault that was opened without it has no damage to show: it would not have opened. \
            Exits with 13 when there is some.

            EXAMPLES
              vaultctl unseal --accept-damage
              vaultctl damage
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let report = try await vault.damage()
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
                .damaged, "the vault was opened although it is damaged",
                nextStep: "save what is needed, then restore a backup")
        }
        return .done
    }
}
