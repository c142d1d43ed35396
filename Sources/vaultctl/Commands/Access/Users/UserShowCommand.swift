import ArgumentParser
import VaultClient

/// `vaultctl user show`: what a user may do.
struct UserShowCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the roles of a user, and what they allow.",
        discussion: """
            Role root allows everything. Exits with 3 when there is no such user.

            EXAMPLES
              vaultctl user show alice
              vaultctl -o json user show uid:1000
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The user's name.", completion: .custom(UserCompletion.names))
    var name: String

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var roles: [RoleListing] = []
        do throws(VaultClientError) {
            for role in try await vault.userGet(name) {
                roles.append(try await RoleListCommand.role(role, of: vault) ?? .missing(role))
            }
        } catch {
            throw AccessFailure.failure(after: error, user: name)
        }
        switch options.output {
        case .table:
            guard !roles.isEmpty else {
                let shown = KeyName.shown(name)
                StandardError.note(
                    "user \(shown) has no roles; give it one with"
                        + " 'vaultctl user grant \(ShellWord.quoted(shown))'")
                return .done
            }
            try output.write(RoleListing.table(roles))
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("user", name)
                $0.field("roles") { json in roles.forEach { $0.write(to: &json) } }
            }
            try output.write(document: &json)
        }
        return .done
    }
}
