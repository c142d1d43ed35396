import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl destroy`: a key with all that it ever was.
struct DestroyCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Remove every version of a key for good, history and retention included.",
        discussion: """
            Cannot be undone. Of a key that still existed its name and the deletion stay until \
            they are compacted. Old pages stay in the file, sealed, until a defragmentation, \
            and backups that were made before have it still.

            EXAMPLES
              vaultctl destroy db/password
              vaultctl rotate && vaultctl rewrap && vaultctl defragment    and its old pages
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The key's name.", completion: .custom(KeyCompletion.names))
    var key: String

    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    func validate() throws {
        try KeyName.check(key)
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        if !yes { try confirm() }
        let response = try await destroyed(on: vault)
        switch options.output {
        case .table:
            let count = Quantity.count(response.versions, "version")
            try output.write(
                "destroyed \(KeyName.shown(key)): \(count), at revision \(response.revision)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("revision", response.revision)
                $0.field("versions", response.versions)
            }
            try output.write(document: &json)
        }
        return .done
    }

    private func destroyed(
        on vault: VaultConnection
    ) async throws -> Vault_V1_DestroyResponse {
        do {
            return try await vault.destroy(Array(key.utf8))
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: VaultClientError) -> any Error {
        guard error.message.hasSuffix("key not found") else { return error }
        return CommandFailure(
            .notFound, "key \(KeyName.shown(key)) has no versions",
            nextStep: "see 'vaultctl list'")
    }

    private func confirm() throws(CommandFailure) {
        guard Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "what is destroyed cannot be brought back",
                nextStep: "add --yes to destroy it")
        }
        try Prompt.confirm("This removes every version of the key.", word: "destroy")
    }
}
