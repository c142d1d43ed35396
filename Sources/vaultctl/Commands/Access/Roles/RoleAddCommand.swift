import ArgumentParser
import VaultClient

/// `vaultctl role add`: makes a role.
struct RoleAddCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a role, which allows nothing yet.",
        discussion: """
            EXAMPLES
              vaultctl role add web
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.")
    var name: String

    func validate() throws {
        guard !name.isEmpty else {
            throw CommandFailure(.usage, "the name is empty", nextStep: "name the role")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        do throws(VaultClientError) {
            try await vault.roleAdd(name)
        } catch {
            throw AccessFailure.failure(after: error, role: name)
        }
        let shown = KeyName.shown(name)
        // What these two give needs no permission for keys.
        let next =
            ["backup", "monitor"].contains(name)
            ? "give it to somebody with 'vaultctl user grant USER \(name)'"
            : "let it do something with 'vaultctl role grant \(ShellWord.quoted(shown))'"
        try report("made role \(shown); \(next)", to: &output) {
            $0.field("role", name)
        }
        return .done
    }
}
