import ArgumentParser
import VaultClient

/// `vaultctl seal`: makes the vault forget its keys.
struct SealCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Make the vault forget its keys; nothing can be read until it is unsealed.",
        discussion: """
            EXAMPLES
              vaultctl seal
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        try await vault.seal()
        switch options.output {
        case .table: try output.write("sealed\n")
        case .json:
            var json = JSONWriter()
            json.object { $0.field("sealed", true) }
            try output.write(document: &json)
        }
        return .done
    }
}
