import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl watch`: prints changes as they are made.
struct WatchCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print changes of a key, or of a prefix, as they are made.",
        discussion: """
            One line a change, until you end it with Ctrl-C. Values are shown escaped, so that \
            each stays on its line; --keys-only leaves them out. With -o json each line is a \
            document of its own, with values that are not text in base64.

            When the vault is sealed, the watch waits until it is unsealed; a lost connection is \
            made again. No change is missed or shown twice, and standard error says what happens. \
            The watch fails when the vault is sealed to begin with, stays away for a minute, or \
            has compacted away what comes next. Ctrl-C ends it with the status that the shell \
            gives to every program that is interrupted, 130.

            EXAMPLES
              vaultctl watch db/password
              vaultctl watch db/ --prefix --keys-only
              vaultctl watch db/ --prefix --revision 1     everything since the beginning, too
              vaultctl -o json watch db/password | while read -r change; do ...; done
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name, or a prefix.", completion: .custom(KeyCompletion.names))
    var key: String

    @Flag(name: .long, help: "Watch every key that begins with KEY.")
    var prefix = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin with the changes of this revision (default: with the next change).",
            valueName: "number"))
    var revision: Int64?

    @Flag(name: .long, help: "Show also the value that was there before.")
    var previous = false

    @Flag(name: .long, help: "Do not show values.")
    var keysOnly = false

    func validate() throws {
        if !prefix { try KeyName.check(key) }
        if let revision { try RevisionArgument.check(revision) }
        guard !previous || !keysOnly else {
            throw CommandFailure(
                .usage, "--previous and --keys-only exclude each other", nextStep: "choose one")
        }
    }

    var needs: [AccessNeed] { [.init(action: .read, range: KeyRange(key, isPrefix: prefix))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        OutputReader.endWithIt()
        var position = WatchPosition(next: revision ?? 0)
        var listing = ChangeListing(
            format: options.output, showsValues: !keysOnly, showsPrevious: previous)
        var patience = Patience(socketPath: options.socketPath, open: vault)
        while true {
            do {
                try await follow(
                    patience.connection(), &position, &patience, &listing, &output)
            } catch let error as VaultClientError {
                try await patience.wait(after: error) { lost(after: $0, next: position.next) }
            }
        }
    }

    /// Prints what one connection brings, until it is lost.
    private func follow(
        _ vault: VaultConnection, _ position: inout WatchPosition, _ patience: inout Patience,
        _ listing: inout ChangeListing, _ output: inout StandardOutput
    ) async throws {
        for try await answer in try await vault.watch(request(from: position.next)) {
            let meaning = position.take(answer)
            if case .nothing = meaning { tellThatItServes(&patience, next: position.next) }
            switch meaning {
            case .nothing: break
            case .changes(let events):
                try output.write(listing.render(events))
                try output.flush()
            case .compacted, .refused, .otherVault, .wentBack:
                throw Self.failure(meaning, next: position.next)
            }
        }
        throw VaultClientError(.unreachable, "the vault ended the watch")
    }

    private func tellThatItServes(_ patience: inout Patience, next: Int64) {
        if !patience.hasBegun, StandardError.isTerminal {
            let what = prefix ? "keys that begin with \(KeyName.shown(key))" : KeyName.shown(key)
            StandardError.note(
                "watching \(prefix && key.isEmpty ? "every key" : what); Ctrl-C ends it")
        }
        if patience.serves() { StandardError.note("going on from revision \(next)") }
    }

    private func request(from revision: Int64) -> Etcdserverpb_WatchCreateRequest {
        var request = Etcdserverpb_WatchCreateRequest()
        if prefix {
            (request.key, request.rangeEnd) = KeyName.range(prefix: Array(key.utf8))
        } else {
            request.key = Data(key.utf8)
        }
        request.startRevision = revision
        request.prevKv = previous
        // Without changes, the vault says now and then how far the watch is: what is compacted
        // meanwhile is not missing when a lost connection is made again.
        request.progressNotify = true
        return request
    }

    private func lost(after error: VaultClientError, next: Int64) -> CommandFailure {
        let rest = next == 0 ? "" : "; what comes from revision \(next) on was not shown"
        return CommandFailure(
            .unreachable, "the connection was lost and not made again: \(error.message)\(rest)",
            nextStep: "see if vaultd is running, then watch with --revision \(max(next, 1))")
    }

    /// Why the watch cannot go on.
    static func failure(_ meaning: WatchPosition.Meaning, next: Int64) -> CommandFailure {
        switch meaning {
        case .compacted(let oldest):
            CommandFailure(
                .failed, "revision \(next) was compacted, changes from there on are gone",
                nextStep: "watch with --revision \(oldest), the oldest there is, or without")
        case .otherVault:
            CommandFailure(
                .failed, "the socket now belongs to another vault",
                nextStep: "look which vault it is, then watch again without --revision")
        case .wentBack(let revision):
            CommandFailure(
                .failed, "the vault was put back to revision \(revision), before \(next)",
                nextStep: "look what it holds, then watch again without --revision")
        case .refused(let reason) where reason.contains("permission denied"):
            // Without what Go's gRPC puts around it, as every other refusal is shown.
            CommandFailure(VaultClientError(.denied, "etcdserver: permission denied"))
        case .refused(let reason):
            CommandFailure(
                .failed,
                reason.isEmpty ? "the vault ended the watch without a reason" : reason)
        case .nothing, .changes:
            preconditionFailure("these let the watch go on")
        }
    }
}
