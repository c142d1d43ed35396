import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl history`: the changes of a key.
struct HistoryCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show every change of a key, newest first.",
        discussion: """
            Values are not shown; 'vaultctl get KEY --revision N' prints the one of a revision. \
            Changes that were compacted away are gone, but for what 'retention' in the daemon's \
            configuration keeps.

            EXAMPLES
              vaultctl history db/password
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    func validate() throws {
        try KeyName.check(key)
    }

    var needs: [AccessNeed] { [.init(action: .read, range: KeyRange(key: key.utf8))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let history = try await vault.history(of: Array(key.utf8))
        guard !history.entries.isEmpty else {
            let compacted =
                history.compactRevision > 0
                ? ", or only before revision \(history.compactRevision), where it was compacted"
                : ""
            throw CommandFailure(
                .notFound, "key \(KeyName.shown(key)) never existed\(compacted)",
                nextStep: "see 'vaultctl list'")
        }
        switch options.output {
        case .table:
            try output.write(Self.table(history))
            if let note = Self.whatIsMissing(in: history) { StandardError.write(note + "\n") }
        case .json:
            var json = JSONWriter()
            Self.write(history, key: key, to: &json)
            try output.write(document: &json)
        }
        return .done
    }

    static func table(_ history: Vault_V1_HistoryResponse) -> String {
        var table = Table([
            .init(title: "REVISION", alignment: .right), .init(title: "TIME"),
            .init(title: "CHANGE"),
            .init(title: "VERSION", alignment: .right), .init(title: "SIZE", alignment: .right),
            .init(title: "LEASE"),
        ])
        return table.rendered(
            history.entries.map { entry in
                [
                    String(entry.revision), Quantity.time(entry.time),
                    entry.deleted ? "delete" : "put",
                    entry.deleted ? "-" : String(entry.version),
                    entry.deleted ? "-" : Quantity.bytes(Int64(clamping: entry.valueBytes)),
                    Quantity.lease(entry.lease),
                ]
            })
    }

    /// What compaction has removed of the key, as far as the history shows it.
    static func whatIsMissing(in history: Vault_V1_HistoryResponse) -> String? {
        guard history.compactRevision > 0, let oldest = history.entries.last, oldest.version != 1
        else { return nil }
        let what =
            oldest.version > 1
            ? "versions 1 to \(oldest.version - 1)" : "what came before"
        var note = "vaultctl: compaction at revision \(history.compactRevision) removed \(what)"
        var kept: [String] = []
        if history.retainedVersions > 0 {
            kept.append("the newest \(Quantity.count(history.retainedVersions, "version"))")
        }
        if history.retainedSeconds > 0 {
            kept.append("what was current within \(Quantity.seconds(history.retainedSeconds))")
        }
        if !kept.isEmpty { note += "; retention keeps \(kept.joined(separator: " and "))" }
        return note
    }

    static func write(
        _ history: Vault_V1_HistoryResponse, key: String, to json: inout JSONWriter
    ) {
        json.object { json in
            json.field("key", key)
            json.field("compact_revision", history.compactRevision)
            json.field("retained_versions", history.retainedVersions)
            json.field("retained_seconds", history.retainedSeconds)
            json.field("history") { json in
                for entry in history.entries {
                    json.object {
                        $0.field("revision", entry.revision)
                        $0.field("time", Quantity.time(entry.time))
                        $0.field("change", entry.deleted ? "delete" : "put")
                        $0.field("create_revision", entry.createRevision)
                        $0.field("version", entry.version)
                        $0.field("value_bytes", entry.valueBytes)
                        $0.field(lease: entry.lease)
                    }
                }
            }
        }
    }
}
