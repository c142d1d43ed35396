import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl unseal`: opens the vault.
struct UnsealCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal",
        abstract: "Open the vault with one of its keys.",
        discussion: """
            Asks for a passphrase when no file is given. Every record is verified before the vault \
            answers. Exits with 12 when the key opens no slot, with 13 when stored data is damaged.

            EXAMPLES
              vaultctl unseal
              vaultctl unseal --keyfile ~/vault.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions

    @Flag(name: .long, help: "Serve, read-only, what still verifies of a damaged vault.")
    var acceptDamage = false

    func validate() throws {
        guard credential.passphraseFile == nil || credential.keyfile == nil else {
            throw CommandFailure(
                .usage, "--passphrase-file and --keyfile exclude each other",
                nextStep:
                    "any one key opens the vault")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Vault_V1_UnsealRequest()
        request.acceptDamage = acceptDamage
        try await addCredential(to: &request, on: vault)
        let progress = ProgressLine()
        let status: Vault_V1_StatusResponse
        do {
            status = try await vault.unseal(request) { progress.show($0) }
            progress.clear()
        } catch {
            progress.clear()
            throw error
        }
        switch options.output {
        case .table:
            let keys = Quantity.count(status.keys, "key")
            try output.write("unsealed: \(keys), revision \(status.revision)\n")
            if status.readOnly {
                try output.write("read-only, because it is damaged: see 'vaultctl damage'\n")
            }
        case .json:
            var json = JSONWriter()
            StatusReport.write(status, to: &json)
            try output.write(document: &json)
        }
        return .done
    }

    private func addCredential(
        to request: inout Vault_V1_UnsealRequest, on vault: VaultConnection
    ) async throws {
        if let path = credential.passphraseFile {
            request.passphrase = try SecretFile.passphrase(at: path).data()
        } else if let path = credential.keyfile {
            request.keyfile = try KeyFile.read(path).data()
        } else {
            try CredentialOptions.requireTerminal()
            // Nobody should type a passphrase to learn that it was not needed.
            let status = try await vault.status()
            try Self.check(status)
            request.passphrase = try Prompt.secret(
                "passphrase", limit: SecretFile.passphraseBytesMax
            ).data()
        }
    }

    static func check(_ status: Vault_V1_StatusResponse) throws(CommandFailure) {
        guard status.initialized else {
            throw CommandFailure(
                .sealed, "the vault is not initialised",
                nextStep: "create its keys with 'vaultctl init'")
        }
        guard status.sealed else {
            throw CommandFailure(
                .failed, "the vault is unsealed already", nextStep: "see 'vaultctl status'")
        }
    }
}
