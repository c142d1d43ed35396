import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl login status`: whether passwords are good for anything.
struct LoginStatusCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether users can log in with a password.",
        discussion: """
            The revision counts the changes to users, roles and permissions. Permissions are \
            checked whether password login is on or off.

            EXAMPLES
              vaultctl login status
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let status = try await vault.authStatus()
        let state = status.enabled ? "on" : "off"
        try report(
            "password login is \(state); users and roles are at revision \(status.authRevision)",
            to: &output
        ) {
            $0.field("enabled", status.enabled)
            $0.field("auth_revision", status.authRevision)
        }
        return .done
    }
}
