import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl export`: secrets below a prefix, as a file for other programs.
struct ExportCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the secrets below a prefix to a new file, in the clear.",
        discussion: """
            The file is yours alone (mode 0600) and never in the place of another one; - is \
            standard output. All values are from one revision, and named by what follows the \
            prefix in their keys. What cannot be written exactly is refused, and nothing is \
            written then. 'vaultctl import' reads the file.

            dotenv are NAME=VALUE lines, quoted as a shell reads them, for names and values that \
            can be in an environment. json is one object of strings, which holds every name; \
            values that are not UTF-8 are {"base64": "..."}. Without --format the name of the \
            file says which: .env or .json.

            For a copy of the vault take 'vaultctl backup create', which stays sealed and has \
            history, leases and rules; for a program 'vaultctl run', which needs no file.

            EXAMPLES
              vaultctl export app.env --prefix app/web/
              vaultctl export - --prefix app/ --format json | ssh host vaultctl import - ...
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The new file; - is standard output.", completion: .file())
    var file: String

    @Option(
        name: .long,
        help: "What the keys begin with, and the names in the file do not; '' for every key.",
        completion: .custom(KeyCompletion.names))
    var prefix: String

    @Option(name: .long, help: "What the file is: dotenv or json (default: as its name says).")
    var format: TransferFormat?

    @Option(
        name: .long,
        help: ArgumentHelp("A past revision (default: the current one).", valueName: "number"))
    var revision: Int64?

    @Flag(name: .long, help: "Show the secrets, when standard output is a terminal.")
    var force = false

    func validate() throws {
        if let revision { try RevisionArgument.check(revision) }
        _ = try TransferFormat.chosen(format, path: file)
        guard file != "-" || options.output == .table else {
            throw CommandFailure(
                .usage, "standard output is the file", nextStep: "leave out -o, or name a file")
        }
        guard file != "-" || force || !StandardOutput().isTerminal else {
            throw CommandFailure(
                .usage, "standard output is a terminal, which would show every secret",
                nextStep: "name a file, or add --force")
        }
    }

    var needs: [AccessNeed] { [.init(action: .read, range: KeyRange(prefix: prefix.utf8))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        RangeOptions.noteIfEverything(KeyRange(prefix: prefix.utf8))
        var pages = KeyPages(prefix: Array(prefix.utf8), withValues: true, revision: revision)
        var secrets: [TransferredSecret] = []
        var byteCount = 0
        while let page = try await pages.next(on: vault) {
            for pair in page.kvs {
                byteCount += pair.key.count + pair.value.count
                secrets.append(
                    TransferredSecret(
                        name: Array(pair.key.dropFirst(prefix.utf8.count)),
                        value: Array(pair.value)))
            }
            guard byteCount <= TransferredSecret.fileBytesMax else { throw tooMuch }
        }
        guard !secrets.isEmpty else {
            throw CommandFailure(
                .notFound, GetCommand.nothing(below: prefix, at: revision),
                nextStep: "see 'vaultctl list'")
        }
        let bytes = try TransferFormat.chosen(format, path: file).file(of: secrets)
        guard bytes.count <= TransferredSecret.fileBytesMax else { throw tooMuch }
        guard file != "-" else {
            try output.write(bytes)
            return .done
        }
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(CommandFailure) in
                try NewSecretFile.create(file, what: "the file", bytes)
            }
        }
        try result.get()
        let count = Quantity.count(Int64(secrets.count), "secret")
        try report(
            "wrote \(count) of revision \(pages.revision) to \(TerminalText.escaped(file.utf8)), "
                + "in the clear", to: &output
        ) {
            $0.field("prefix", prefix)
            $0.field("revision", pages.revision)
            $0.field("keys", secrets.count)
        }
        return .done
    }

    private var tooMuch: CommandFailure {
        CommandFailure(
            .failed,
            "that is more than \(Quantity.bytes(Int64(TransferredSecret.fileBytesMax)))",
            nextStep: "export in portions with longer prefixes, or take a backup")
    }
}
