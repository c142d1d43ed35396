import ArgumentParser
import VaultClient

/// `vaultctl login enable`: passwords are good from now on.
struct LoginEnableCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let users log in with a password.",
        discussion: """
            Permissions are checked with or without it: those whom the kernel vouches for go on as \
            before, without a password.

            EXAMPLES
              vaultctl login enable
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.authEnable()
        } catch {
            throw AccessFailure.failure(after: error)
        }
        try report("password login is on", to: &output) { $0.field("enabled", true) }
        return .done
    }
}
