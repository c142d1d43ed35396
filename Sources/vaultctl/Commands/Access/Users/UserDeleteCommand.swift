import ArgumentParser
import VaultClient

/// `vaultctl user delete`: removes a user.
struct UserDeleteCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove a user; its roles stay.",
        discussion: """
            Whoever is logged in as that user is logged out.

            EXAMPLES
              vaultctl user delete alice
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The user's name.", completion: .custom(UserCompletion.names))
    var name: String

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.userDelete(name)
        } catch {
            throw AccessFailure.failure(after: error, user: name)
        }
        try report("removed user \(KeyName.shown(name))", to: &output) {
            $0.field("user", name)
        }
        return .done
    }
}
