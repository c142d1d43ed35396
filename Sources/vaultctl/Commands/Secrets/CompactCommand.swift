import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl compact`: forgets the past.
struct CompactCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Forget the values that were replaced or deleted before a revision.",
        discussion: """
            Current values stay. What is forgotten can no longer be read, undeleted or watched.

            EXAMPLES
              vaultctl compact 1200
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The oldest revision that stays readable.")
    var revision: Int64

    func validate() throws {
        try RevisionArgument.check(revision)
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Etcdserverpb_CompactionRequest()
        request.revision = revision
        let current: Int64
        do {
            current = try await vault.compact(request).header.revision
        } catch {
            throw RevisionArgument.failure(after: error, revision: revision)
        }
        switch options.output {
        case .table: try output.write("compacted: nothing before revision \(revision) is left\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("compact_revision", revision)
                $0.field("revision", current)
            }
            try output.write(document: &json)
        }
        return .done
    }
}
