import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl audit tail`: the last lines of the log, and those to come.
struct AuditTailCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print the last lines of the log, and with -f those to come.",
        discussion: """
            Reads the file that vaultd names, or --file; both need the right to read it, which \
            the user of vaultd has. A table for people; with -o json the lines as they are. \
            Following goes on when the file is full and another one is begun. Ctrl-C ends it.

            With --key, only lines that name this key: a range that covers it cannot be told from \
            others, because hashes have no order, and of a long transaction the log names only \
            the first operations.

            EXAMPLES
              vaultctl audit tail
              vaultctl audit tail -f --key db/password
              vaultctl audit tail -n 1000 -o json | jq 'select(.decision != "allowed")'
            """)

    /// How soon a new line is seen.
    private static let pause = Duration.milliseconds(200)
    /// Lines are held in memory until the first of them is found.
    static let linesMax = 1_000_000

    @OptionGroup var options: GlobalOptions

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("How many lines to begin with.", valueName: "number"))
    var lines = 10

    @Flag(name: [.customShort("f"), .long], help: "Go on with new lines, until interrupted.")
    var follow = false

    @Option(
        name: .long,
        help: ArgumentHelp("Only lines that name this key.", valueName: "key"),
        completion: .custom(KeyCompletion.names))
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file of the log (default: the one that vaultd writes).", valueName: "file"),
        completion: .file())
    var file: String?

    func validate() throws {
        if let key { try KeyName.check(key) }
        guard (0...Self.linesMax).contains(lines) else {
            throw CommandFailure(
                .usage, "the number of lines is 0 to \(Self.linesMax), not \(lines)",
                nextStep: "choose one in between")
        }
    }

    func perform() async throws -> ExitStatus {
        let (path, hash) = try await pathAndHash()
        var output = StandardOutput()
        var listing = AuditListing(
            format: options.output, isTerminal: output.isTerminal, hash: hash)
        var tail = try LogTail(path)
        let last = try tail.last(lines, where: listing.shows)
        if hash == nil { note(listing.gap(before: last)) }
        try output.write(listing.render(last))
        try output.flush()
        guard follow else { return .done }
        OutputReader.endWithIt()
        while true {
            switch try tail.next() {
            case .lines(let lines):
                note(listing.gap(before: lines))
                try output.write(listing.render(lines))
                try output.flush()
            case .note(let text): note(text)
            case .nothing: try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Only what the options leave open is asked of the vault: a copy of the log can be read
    /// where there is none.
    private func pathAndHash() async throws -> (path: String, hash: String?) {
        if let file, key == nil { return (file, nil) }
        return try await options.onVault { try await pathAndHash(from: $0) }
    }

    private func pathAndHash(
        from vault: VaultConnection
    ) async throws -> (path: String, hash: String?) {
        var hash: String?
        if let key { hash = try await vault.auditHash(of: Array(key.utf8)) }
        if let file { return (file, hash) }
        let path = try await vault.auditState().path
        guard !path.isEmpty else {
            throw CommandFailure(
                .failed, "the vault does not say where its log is",
                nextStep: "name a file with --file")
        }
        return (path, hash)
    }

    private func note(_ text: String?) {
        if let text { StandardError.note(text) }
    }
}
