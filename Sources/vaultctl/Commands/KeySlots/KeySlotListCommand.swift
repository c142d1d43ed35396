import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl keyslot list`: which slots there are.
struct KeySlotListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the slots, and whether each opens the vault when this machine is lost.",
        discussion: """
            Nothing in the list is secret. A key file may have been on the machine alone, so that \
            it does not count as a way to recover.

            EXAMPLES
              vaultctl keyslot list
              vaultctl -o json keyslot list | jq '.slots[] | select(.survives_machine)'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let status = try await vault.status()
        guard status.initialized else {
            throw CommandFailure(
                .sealed, "the vault is not initialised",
                nextStep: "create its keys with 'vaultctl init'")
        }
        switch options.output {
        case .table: try output.write(Self.table(status.slots))
        case .json:
            var json = JSONWriter()
            json.object { StatusReport.write(status.slots, to: &$0) }
            try output.write(document: &json)
        }
        return .done
    }

    static func table(_ slots: [Vault_V1_Slot]) -> String {
        var table = Table([
            .init(title: "SLOT", alignment: .right), .init(title: "KIND"),
            .init(title: "DESCRIPTION"), .init(title: "RECOVERY"), .init(title: "LABEL"),
        ])
        return table.rendered(
            slots.map {
                [
                    String($0.id), TerminalText.escaped($0.kind.utf8),
                    TerminalText.escaped($0.description_p.utf8),
                    $0.survivesMachine ? "yes" : "no", TerminalText.escaped($0.label.utf8),
                ]
            })
    }
}
