import ArgumentParser
import VaultClient

/// `vaultctl user revoke`: takes a role from a user.
struct UserRevokeCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a role from a user or a principal.",
        discussion: """
            Open watches end when they are no longer allowed. Exits with 3 when it did \
            not have the role.

            EXAMPLES
              vaultctl user revoke alice web
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
            try await vault.userRevokeRole(role, from: name)
        } catch {
            throw AccessFailure.failure(after: error, user: name, role: role)
        }
        try report(
            "user \(KeyName.shown(name)) has role \(KeyName.shown(role)) no more", to: &output
        ) {
            $0.field("user", name)
            $0.field("role", role)
        }
        return .done
    }
}
