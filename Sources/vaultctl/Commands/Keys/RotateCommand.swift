import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl rotate`: another key for what is written from now on.
struct RotateCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Seal everything from now on under a new data key.",
        discussion: """
            What is in the vault already stays under its older key until 'vaultctl rewrap'. With \
            --root, the key that all others are wrapped with is exchanged, too, and every slot \
            opens the new one. Nothing stops meanwhile.

            EXAMPLES
              vaultctl rotate && vaultctl rewrap
              vaultctl rotate --root         somebody may have seen a key who should not have
            """)

    @OptionGroup var options: GlobalOptions

    @Flag(name: .long, help: "Exchange the root key, too.")
    var root = false

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let response = try await vault.rotate(root: root)
        switch options.output {
        case .table:
            let rootText = root ? ", root key changed" : ""
            try output.write(
                "rotated: data key \(response.dataKey) seals from now on\(rootText)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("data_key", Int64(response.dataKey))
                $0.field("root_generation", Int64(response.rootGeneration))
            }
            try output.write(document: &json)
        }
        return .done
    }
}
