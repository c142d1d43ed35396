import ArgumentParser
import VaultClient

/// `vaultctl role delete`: removes a role.
struct RoleDeleteCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove a role, from all who have it.",
        discussion: """
            EXAMPLES
              vaultctl role delete web
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.", completion: .custom(RoleCompletion.names))
    var name: String

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.roleDelete(name)
        } catch {
            throw AccessFailure.failure(after: error, role: name)
        }
        try report("removed role \(KeyName.shown(name))", to: &output) {
            $0.field("role", name)
        }
        return .done
    }
}
