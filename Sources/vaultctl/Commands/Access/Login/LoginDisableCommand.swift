import ArgumentParser
import VaultClient

/// `vaultctl login disable`: passwords are good for nothing from now on.
struct LoginDisableCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let nobody log in with a password.",
        discussion: """
            Whoever is logged in is logged out. Permissions are checked all the same: unlike \
            etcd's 'auth disable', this opens nothing to anybody.

            EXAMPLES
              vaultctl login disable
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.authDisable()
        } catch {
            throw AccessFailure.failure(after: error)
        }
        try report("password login is off", to: &output) { $0.field("enabled", false) }
        return .done
    }
}
