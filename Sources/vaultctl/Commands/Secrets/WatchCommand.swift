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

            A lost connection is made again and no change is missed or shown twice. The watch \
            fails when the vault is sealed, stays away for a minute, or has compacted away what \
            comes next.

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

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        OutputReader.endWithIt()
        var position = WatchPosition(next: revision ?? 0)
        var listing = ChangeListing(
            format: options.output, showsValues: !keysOnly, showsPrevious: previous)
        var outage = Outage()
        var connection: VaultConnection? = vault
        while true {
            do {
                let vault: VaultConnection
                if let open = connection {
                    vault = open
                } else {
                    vault = try await VaultConnection.connect(socketPath: options.socketPath)
                }
                connection = nil
                try await follow(vault, &position, &outage, &listing, &output)
            } catch let error as VaultClientError where error.category == .unreachable {
                try await wait(for: &outage, after: error, next: position.next)
            }
        }
    }

    /// Prints what one connection brings, until it is lost.
    private func follow(
        _ vault: VaultConnection, _ position: inout WatchPosition, _ outage: inout Outage,
        _ listing: inout ChangeListing, _ output: inout StandardOutput
    ) async throws {
        for try await answer in try await vault.watch(request(from: position.next)) {
            let meaning = position.take(answer)
            if outage.end() {
                StandardError.write(
                    "vaultctl: connected again; going on from revision \(position.next)\n")
            }
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

    private func wait(
        for outage: inout Outage, after error: VaultClientError, next: Int64
    ) async throws {
        let isNew = !outage.isUnderWay
        guard let pause = outage.pause(at: .now) else {
            let rest = next == 0 ? "" : "; what comes from revision \(next) on was not shown"
            throw CommandFailure(
                .unreachable, "the connection was lost and not made again: \(error.message)\(rest)",
                nextStep: "see if vaultd is running, then watch with --revision \(max(next, 1))")
        }
        if isNew { StandardError.write("vaultctl: the connection was lost; trying again\n") }
        try await Task.sleep(for: pause)
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
            CommandFailure(VaultClientError(.denied, reason))
        case .refused(let reason):
            CommandFailure(
                .failed,
                reason.isEmpty ? "the vault ended the watch without a reason" : reason)
        case .nothing, .changes:
            preconditionFailure("these let the watch go on")
        }
    }
}
