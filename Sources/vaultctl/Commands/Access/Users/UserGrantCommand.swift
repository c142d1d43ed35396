import ArgumentParser
import VaultClient

/// `vaultctl user grant`: gives a user a role.
struct UserGrantCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Give a user or a principal a role.",
        discussion: """
            The role root allows everything: it makes an administrator. The user has to exist.

            EXAMPLES
              vaultctl user grant alice web
              vaultctl user grant unit:web.service web
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The user's name.", completion: .custom(UserCompletion.names))
    var name: String

    @Argument(help: "The role's name.", completion: .custom(RoleCompletion.names))
    var role: String

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.userGrantRole(role, to: name)
        } catch {
            throw AccessFailure.failure(after: error, user: name, role: role)
        }
        try report(
            "user \(KeyName.shown(name)) has role \(KeyName.shown(role))", to: &output
        ) {
            $0.field("user", name)
            $0.field("role", role)
        }
        return .done
    }
}
