import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl run`: starts a program that finds secrets in its environment.
///
/// Not a `VaultCommand`: the connection is closed before the program starts, and its exit status
/// is the program's.
struct RunCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program with secrets in its environment.",
        usage: "vaultctl run --env NAME=KEY ... [--trim-newline] [--no-mask] -- COMMAND ...",
        discussion: """
            The program gets each value in the variable NAME, besides the environment that there \
            is. Nothing of it is written to a file, and of the users of this machine only this \
            one and root can see it. All values are from one revision. When one cannot be read, \
            nothing is started.

            In what the program prints, each value is shown as ***, and of a value of several \
            lines each line of 8 bytes or more. That is against accidents, not against the \
            program, which may print a value in another form. For it the program's output goes \
            through a pipe; with --no-mask nothing stands between: vaultctl becomes the program, \
            which has the terminal to itself.

            The exit status is the program's; 128 and the signal's number when a signal ended it, \
            127 when there is no such program and 126 when it cannot be started. Signals are \
            passed on to it.

            EXAMPLES
              vaultctl run --env PGPASSWORD=db/password -- psql -h db -U app
              vaultctl run --env A=app/a --env B=app/b -- sh -c 'exec ./app --key "$A"'
              vaultctl run --env TOKEN=ci/token --no-mask -- bash
            """)

    @OptionGroup var options: GlobalOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Put the value of KEY into the variable NAME; may be given several times.",
            valueName: "name=key"),
        completion: .custom(BindingCompletion.bindings))
    var env: [String] = []

    @Flag(name: .long, help: "Drop one newline at the end of each value.")
    var trimNewline = false

    @Flag(name: .long, help: "Show the program's output as it is.")
    var noMask = false

    // Taken only to be refused with an explanation.
    @Argument(help: .hidden)
    var misplaced: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The program and its arguments, after --.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard options.output == .table else {
            throw CommandFailure(
                .usage, "the output of 'vaultctl run' is the program's", nextStep: "leave out -o")
        }
        guard misplaced == nil else {
            throw CommandFailure(
                .usage, "the program comes after --",
                nextStep: "write: vaultctl run --env NAME=KEY -- COMMAND")
        }
        guard let program = command.first, !program.isEmpty else {
            throw CommandFailure(
                .usage, "no program is named",
                nextStep: "write it after --: vaultctl run --env NAME=KEY -- COMMAND")
        }
        _ = try SecretBinding.parse(env)
    }

    func perform() async throws -> ExitStatus {
        let bindings = try SecretBinding.parse(env)
        let given = OpenDescriptors()
        var environment = ChildEnvironment(without: bindings.map(\.name))
        var mask = OutputMask()
        try await options.onVault { vault in
            var reader = SecretReader(vault, user: options.user)
            for binding in bindings {
                let value = try await value(of: binding, from: &reader)
                try environment.add(value, for: binding)
                mask.add(value)
            }
        }
        // swift-nio's epoll descriptors outlive an exec.
        OpenDescriptors.keepToItself(since: given)
        if noMask { throw ChildProcess.become(command, environment) }
        ChildProcess.end(as: try ChildProcess.run(command, environment, mask))
    }

    private func value(
        of binding: SecretBinding, from reader: inout SecretReader
    ) async throws -> [UInt8] {
        guard let found = try await reader.read(Array(binding.key.utf8)) else {
            throw CommandFailure(
                .notFound, "no key \(KeyName.shown(binding.key)), nothing was started",
                nextStep: "see 'vaultctl list' and 'vaultctl history'")
        }
        var value = [UInt8](found.value)
        if trimNewline { TrailingNewline.drop(from: &value) }
        return value
    }
}
