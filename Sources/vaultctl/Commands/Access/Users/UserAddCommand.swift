import ArgumentParser
import VaultAPI
import VaultAccess
import VaultClient

/// `vaultctl user add`: makes a user.
struct UserAddCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a user, who has no roles yet.",
        discussion: """
            Asks for a password, twice, or takes it from a file that only you may read; never from \
            the command line. A principal needs none: the kernel says who it is.

            EXAMPLES
              vaultctl user add alice
              vaultctl user add alice --password-file alice.password
              vaultctl user add unit:web.service
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The user's name.")
    var name: String

    @Flag(name: .long, help: "The user cannot log in, until it is given a password.")
    var noPassword = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the password; one newline at its end is not part of it.",
            valueName: "file"),
        completion: .file())
    var passwordFile: String?

    var hasPassword: Bool { !noPassword && Principal(name) == nil }

    func validate() throws {
        try PrincipalName.checkUser(name)
        guard passwordFile != nil && !hasPassword else { return }
        guard noPassword else {
            throw CommandFailure(
                .usage, "\(name) needs no password: the kernel says who it is",
                nextStep: "leave out --password-file")
        }
        throw CommandFailure(
            .usage, "--no-password and --password-file exclude each other", nextStep: "choose one")
    }

    func request(_ login: Login?) -> Etcdserverpb_AuthUserAddRequest {
        var request = Etcdserverpb_AuthUserAddRequest()
        request.name = name
        if let login {
            login.put(into: &request)
        } else {
            request.options.noPassword = true
        }
        return request
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let login = hasPassword ? try Password.new(for: name, file: passwordFile) : nil
        do throws(VaultClientError) {
            try await vault.userAdd(request(login))
        } catch {
            throw AccessFailure.failure(after: error, user: name)
        }
        let shown = KeyName.shown(name)
        try report(
            "made user \(shown); give it a role with"
                + " 'vaultctl user grant \(ShellWord.quoted(shown))'", to: &output
        ) {
            $0.field("user", name)
            $0.field("has_password", hasPassword)
        }
        return .done
    }
}
