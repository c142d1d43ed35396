import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl unseal`: opens the vault.
struct UnsealCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "unseal",
        abstract: "Open the vault with one of its keys.",
        discussion: """
            Asks for a passphrase when no key is given. Shares may come one by one, from several \
            people and in any order; the vault keeps them for ten minutes after the last one, and \
            a wrong one does no harm to the others. Written on the command line a share is seen by \
            others on this machine; '--share -' asks for it. Every record is verified before the \
            vault answers. Exits with 12 when the key opens no slot, with 13 when stored data is \
            damaged.

            EXAMPLES
              vaultctl unseal
              vaultctl unseal --keyfile ~/vault.key
              vaultctl unseal --share -              once for each person
              vaultctl unseal --forget-shares        to begin again
              vaultctl unseal --recovery-key /media/usb/vault-recovery.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions

    @Flag(name: .long, help: "Forget the shares that were given so far.")
    var forgetShares = false

    @Flag(name: .long, help: "Serve, read-only, what still verifies of a damaged vault.")
    var acceptDamage = false

    func validate() throws {
        try opening.check(with: credential, others: forgetShares ? 1 : 0)
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var status = Vault_V1_StatusResponse()
        if opening.share.isEmpty {
            var request = Vault_V1_UnsealRequest()
            try await addCredential(to: &request, on: vault)
            status = try await unseal(request, on: vault)
        }
        for (number, share) in opening.share.enumerated() {
            // Shares beyond those that were needed are not asked for.
            if number > 0 && !status.sealed { break }
            if number == 0 { try Self.check(try await vault.status()) }
            var request = Vault_V1_UnsealRequest()
            request.share = try OpeningOptions.text(of: share, number: number).data()
            status = try await unseal(request, on: vault)
        }
        try write(status, to: &output)
        return .done
    }

    private func unseal(
        _ request: Vault_V1_UnsealRequest, on vault: VaultConnection
    ) async throws -> Vault_V1_StatusResponse {
        var request = request
        request.acceptDamage = acceptDamage
        let progress = ProgressLine()
        defer { progress.clear() }
        return try await vault.unseal(request) { progress.show($0) }
    }

    private func write(
        _ status: Vault_V1_StatusResponse, to output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            guard status.sealed else {
                let keys = Quantity.count(status.keys, "key")
                try output.write("unsealed: \(keys), revision \(status.revision)\n")
                guard status.readOnly else { return }
                return try output.write(
                    "read-only, because it is damaged: see 'vaultctl damage'\n")
            }
            try output.write(
                status.hasShares
                    ? StatusReport.text(of: status.shares) + "; the vault is still sealed\n"
                    : "no shares are kept; the vault is still sealed\n")
        case .json:
            var json = JSONWriter()
            StatusReport.write(status, to: &json)
            try output.write(document: &json)
        }
    }

    private func addCredential(
        to request: inout Vault_V1_UnsealRequest, on vault: VaultConnection
    ) async throws {
        if forgetShares {
            request.forgetShares = true
        } else if let path = opening.recoveryKey {
            request.recoveryKey = try RecoveryKeyFile.read(path).data()
        } else if let path = credential.passphraseFile {
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
