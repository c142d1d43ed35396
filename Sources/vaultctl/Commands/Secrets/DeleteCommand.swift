import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl del`: deletes keys.
struct DeleteCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "del",
        abstract: "Delete a key, or all keys with a prefix.",
        discussion: """
            The past stays readable until it is compacted, and 'vaultctl undelete' puts the last \
            value back. Exits with 3 when there was nothing to delete.

            EXAMPLES
              vaultctl del db/password
              vaultctl del db/ --prefix
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name, or a prefix.", completion: .custom(KeyCompletion.names))
    var key: String

    @Flag(name: .long, help: "Delete every key that begins with KEY.")
    var prefix = false

    @Flag(name: .long, help: "Do not ask before everything is deleted.")
    var yes = false

    func validate() throws {
        if !prefix { try KeyName.check(key) }
    }

    var needs: [AccessNeed] { [.init(action: .write, range: KeyRange(key, isPrefix: prefix))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        if key.isEmpty && !yes {
            try Prompt.confirmEverything(
                "This deletes every key of the vault.", word: "delete everything")
        }
        var request = Etcdserverpb_DeleteRangeRequest()
        if prefix {
            (request.key, request.rangeEnd) = KeyName.range(prefix: Array(key.utf8))
        } else {
            request.key = Data(key.utf8)
        }
        let response = try await vault.deleteRange(request)
        guard response.deleted > 0 else {
            throw CommandFailure(.notFound, nothingDeleted, nextStep: "see 'vaultctl list'")
        }
        switch options.output {
        case .table:
            let count = Quantity.count(response.deleted, "key")
            try output.write("deleted \(count) at revision \(response.header.revision)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("deleted", response.deleted)
                $0.field("revision", response.header.revision)
            }
            try output.write(document: &json)
        }
        return .done
    }

    private var nothingDeleted: String {
        if key.isEmpty { return "the vault has no keys" }
        return prefix
            ? "no key begins with \(KeyName.shown(key))" : "no key \(KeyName.shown(key))"
    }
}
