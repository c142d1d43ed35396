import ArgumentParser
import VaultAccess
import VaultClient

/// `vaultctl user password`: another password for a user.
struct UserPasswordCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Give a user another password.",
        discussion: """
            Whoever is logged in as that user is logged out. Asks for the password, twice, or \
            takes it from a file that only you may read; never from the command line.

            EXAMPLES
              vaultctl user password alice
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The user's name.", completion: .custom(UserCompletion.names))
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the password; one newline at its end is not part of it.",
            valueName: "file"),
        completion: .file())
    var passwordFile: String?

    func validate() throws {
        try PrincipalName.checkUser(name)
        guard Principal(name) == nil else {
            throw CommandFailure(
                .usage, "\(name) needs no password: the kernel says who it is",
                nextStep: "see 'vaultctl user show \(name)'")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let login = try Password.new(for: name, file: passwordFile)
        do throws(VaultClientError) {
            try await vault.userChangePassword(login)
        } catch {
            throw AccessFailure.failure(after: error, user: name)
        }
        try report("changed the password of \(KeyName.shown(name))", to: &output) {
            $0.field("user", name)
        }
        return .done
    }
}
