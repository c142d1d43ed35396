import ArgumentParser
import FoundationEssentials
import Glibc
import VaultAPI
import VaultClient

/// `vaultctl put`: stores a value.
struct PutCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Store a value under a key.",
        discussion: """
            The value comes from --value-file, from standard input, or, at a terminal, from a \
            question that does not show what is typed. Never from the command line: other users \
            see the arguments of every program in ps, and the shell writes them into its history.

            From a file and from standard input the bytes are taken exactly, a newline at the end \
            included; --trim-newline drops that one. Standard input that is empty stores nothing; \
            --value-file /dev/null stores an empty value.

            EXAMPLES
              vaultctl put db/password
              vaultctl put tls/key --value-file server.key
              pwgen 32 1 | vaultctl put db/password --trim-newline
            """)

    /// What a request may have, its key and a few bytes more included: those vaultd counts.
    static let valueBytesMax = 1536 * 1024

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    @Option(
        name: .long,
        help: ArgumentHelp("A file with the value; - is standard input.", valueName: "file"),
        completion: .file())
    var valueFile: String?

    @Flag(name: .long, help: "Drop one newline at the end of the value.")
    var trimNewline = false

    @Option(
        name: .long,
        help: ArgumentHelp("The lease to attach the key to, in hexadecimal.", valueName: "id"),
        completion: .custom(LeaseCompletion.numbers))
    var lease: LeaseArgument?

    // Taken only to be refused with an explanation, and without repeating it.
    @Argument(help: .hidden)
    var excess: [String] = []

    func validate() throws {
        try KeyName.check(key)
        guard excess.isEmpty else {
            throw CommandFailure(
                .usage, "a value cannot be an argument, where other users see it in ps",
                nextStep: "type it when asked, or use --value-file or standard input")
        }
    }

    var needs: [AccessNeed] { [.init(action: .write, range: KeyRange(key: key.utf8))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var value = try readValue()
        if trimNewline { value.removeTrailingNewline() }
        // What `generate | vaultctl put KEY` stores when `generate` fails.
        guard !value.isEmpty || (valueFile ?? "-") != "-" else {
            throw CommandFailure(
                .failed, "standard input is empty",
                nextStep: "to store an empty value, use --value-file /dev/null")
        }
        var request = Etcdserverpb_PutRequest()
        request.key = Data(key.utf8)
        request.value = value.data()
        request.lease = lease?.identifier ?? 0
        let revision: Int64
        do throws(VaultClientError) {
            revision = try await vault.put(request).header.revision
        } catch {
            throw lease?.failure(after: error) ?? CommandFailure(error)
        }
        switch options.output {
        case .table:
            try output.write("stored \(KeyName.shown(key)) at revision \(revision)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("key", key)
                $0.field("revision", revision)
            }
            try output.write(document: &json)
        }
        return .done
    }

    private func readValue() throws(CommandFailure) -> SecretBuffer {
        if valueFile == nil && Terminal.isInteractive {
            return try Prompt.confirmedSecret(
                "value of \(KeyName.shown(key))", limit: Self.valueBytesMax)
        }
        let path = valueFile ?? "-"
        let descriptor = try InputReader.open(path)
        defer { InputReader.close(descriptor) }
        return try InputReader.readAll(
            descriptor, limit: Self.valueBytesMax, name: path == "-" ? "standard input" : path)
    }
}
