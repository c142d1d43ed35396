import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl list`: names of keys.
struct ListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the names of keys, never their values.",
        discussion: """
            All names are from one revision, however long the list is. Unusual characters in \
            names are shown escaped: \\u{1b}.

            EXAMPLES
              vaultctl list
              vaultctl list db/
              vaultctl -o json list | jq -r '.keys[].key'
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: "What the names begin with (default: nothing, all keys).",
        completion: .custom(KeyCompletion.names))
    var prefix: String = ""

    var needs: [AccessNeed] { [.init(action: .read, range: KeyRange(prefix: prefix.utf8))] }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var pages = KeyPages(prefix: Array(prefix.utf8))
        var listing = KeyListing(format: options.output, prefix: prefix)
        while let page = try await pages.next(on: vault) {
            try output.write(listing.render(page))
        }
        try output.write(listing.end())
        return .done
    }
}
