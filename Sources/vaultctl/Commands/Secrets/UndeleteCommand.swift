import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl undelete`: the last value before a deletion, put back.
struct UndeleteCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete",
        abstract: "Put back the last value of a deleted key.",
        discussion: """
            Never overwrites: a key that somebody wrote meanwhile stays as it is. A lease that the \
            key had is not put back. Exits with 3 when there is nothing to put back.

            EXAMPLES
              vaultctl undelete db/password
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.")
    var key: String

    func validate() throws {
        try KeyName.check(key)
    }

    var needs: [AccessNeed] {
        [AccessAction.read, .write].map { .init(action: $0, range: KeyRange(key: key.utf8)) }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let history = try await vault.history(of: Array(key.utf8))
        let source = try Self.revisionToRestore(from: history, key: key)
        let value = try await value(at: source, on: vault)
        let response = try await vault.transaction(Self.transaction(key: key, value: value))
        guard response.succeeded else {
            throw CommandFailure(
                .failed, "key \(KeyName.shown(key)) was written meanwhile",
                nextStep: "see 'vaultctl history'; nothing was changed")
        }
        let revision = response.header.revision
        switch options.output {
        case .table:
            try output.write(
                "undeleted \(KeyName.shown(key)) at revision \(revision),"
                    + " with its value of revision \(source)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("key", key)
                $0.field("revision", revision)
                $0.field("restored_revision", source)
            }
            try output.write(document: &json)
        }
        return .done
    }

    /// The revision of the put before the deletion.
    static func revisionToRestore(
        from history: Vault_V1_HistoryResponse, key: String
    ) throws(CommandFailure) -> Int64 {
        guard let newest = history.entries.first else {
            guard history.compactRevision > 0 else {
                throw CommandFailure(
                    .notFound, "key \(KeyName.shown(key)) never existed",
                    nextStep: "see 'vaultctl list'")
            }
            throw compactedAway(key)
        }
        guard newest.deleted else {
            throw CommandFailure(
                .notFound, "key \(KeyName.shown(key)) is not deleted",
                nextStep: "put an older value back with 'vaultctl get KEY --revision N --raw | "
                    + "vaultctl put KEY', N from 'vaultctl history'")
        }
        guard let last = history.entries.first(where: { !$0.deleted }) else {
            throw compactedAway(key)
        }
        return last.revision
    }

    /// Puts the value only if the key still does not exist.
    static func transaction(key: String, value: Data) -> Etcdserverpb_TxnRequest {
        var absent = Etcdserverpb_Compare()
        absent.key = Data(key.utf8)
        absent.target = .version
        absent.result = .equal
        absent.version = 0
        var put = Etcdserverpb_RequestOp()
        put.requestPut.key = Data(key.utf8)
        put.requestPut.value = value
        var transaction = Etcdserverpb_TxnRequest()
        transaction.compare = [absent]
        transaction.success = [put]
        return transaction
    }

    private func value(at revision: Int64, on vault: VaultConnection) async throws -> Data {
        do {
            return try await vault.version(of: Array(key.utf8), at: revision).value
        } catch  where error.category == .notFound {
            throw Self.compactedAway(key)
        }
    }

    private static func compactedAway(_ key: String) -> CommandFailure {
        CommandFailure(
            .notFound, "the last value of \(KeyName.shown(key)) was compacted away",
            nextStep: "restore it from a backup")
    }
}
