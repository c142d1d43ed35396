import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl get`: prints a value.
struct GetCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the value of a key.",
        discussion: """
            Prints the value and a newline. A value that is not text is shown escaped at a \
            terminal and refused elsewhere; --raw prints exactly its bytes, with nothing added.

            EXAMPLES
              vaultctl get db/password
              vaultctl get db/password --revision 12     as it was then
              vaultctl get tls/key --raw > server.key
              vaultctl -o json get db/password
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    @Option(
        name: .long,
        help: ArgumentHelp("A past revision (default: the current one).", valueName: "number"))
    var revision: Int64?

    @Flag(name: .long, help: "Print the exact bytes, with nothing added.")
    var raw = false

    func validate() throws {
        try KeyName.check(key)
        if let revision { try RevisionArgument.check(revision) }
        guard !raw || options.output == .table else {
            throw CommandFailure(
                .usage, "--raw and -o json exclude each other", nextStep: "choose one")
        }
    }

    var needs: [AccessNeed] { [.init(action: .get, range: KeyRange(key: key.utf8))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key.utf8)
        request.revision = revision ?? 0
        guard let found = try await answer(to: request, from: vault).kvs.first else {
            let time = revision.map { " at revision \($0)" } ?? ""
            throw CommandFailure(
                .notFound, "no key \(KeyName.shown(key))\(time)",
                nextStep: "see 'vaultctl list' and 'vaultctl history'")
        }
        let value = [UInt8](found.value)
        switch options.output {
        case .table: try write(value, to: &output)
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("key", key)
                $0.field("value", bytes: value, encodingField: "encoding")
                $0.field("revision", found.modRevision)
                $0.field("create_revision", found.createRevision)
                $0.field("version", found.version)
                $0.field(lease: found.lease)
            }
            try output.write(document: &json)
        }
        return .done
    }

    private func answer(
        to request: Etcdserverpb_RangeRequest, from vault: VaultConnection
    ) async throws -> Etcdserverpb_RangeResponse {
        do {
            return try await vault.range(request)
        } catch {
            guard error.category == .compacted else {
                throw RevisionArgument.failure(after: error, revision: request.revision)
            }
            let history = try await vault.history(of: Array(key.utf8))
            guard let found = try await retained(in: history, on: vault) else {
                throw RevisionArgument.compacted(
                    request.revision, oldest: history.compactRevision)
            }
            return found
        }
    }

    /// What was current at a revision that was compacted, where retention has kept it.
    private func retained(
        in history: Vault_V1_HistoryResponse, on vault: VaultConnection
    ) async throws -> Etcdserverpb_RangeResponse? {
        let name = Array(key.utf8)
        guard let revision, let entry = history.entries.first(where: { $0.revision <= revision })
        else { return nil }
        var response = Etcdserverpb_RangeResponse()
        guard !entry.deleted else { return response }
        let version = try await vault.version(of: name, at: entry.revision)
        var found = Mvccpb_KeyValue()
        found.key = Data(name)
        found.value = version.value
        found.createRevision = version.createRevision
        found.modRevision = entry.revision
        found.version = version.version
        found.lease = version.lease
        response.kvs = [found]
        return response
    }

    private func write(
        _ value: [UInt8], to output: inout StandardOutput
    ) throws(CommandFailure) {
        if raw { return try output.write(value) }
        let isText = TerminalText.isText(value)
        if output.isTerminal ? TerminalText.isHarmless(value) : isText {
            try output.write(value)
            return try output.write("\n")
        }
        guard output.isTerminal else {
            let size = Quantity.bytes(Int64(value.count))
            throw CommandFailure(
                .failed, "the value of \(KeyName.shown(key)) is not text (\(size))",
                nextStep: "print its exact bytes with --raw, or use -o json")
        }
        StandardError.write("vaultctl: not plain text: shown escaped; --raw prints the bytes\n")
        try output.write(TerminalText.escaped(value) + "\n")
    }
}
