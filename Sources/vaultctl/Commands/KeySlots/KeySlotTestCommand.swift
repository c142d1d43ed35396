import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl keyslot test`: whether a key would open the vault.
struct KeySlotTestCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Say which slot a key opens; nothing is opened or changed.",
        discussion: """
            Works sealed or not. Asks for a passphrase when no option is given. All shares that \
            are needed are given at once. Exits with 12 when the key opens no slot.

            EXAMPLES
              vaultctl keyslot test
              vaultctl keyslot test --recovery-key /media/usb/vault-recovery.key
              vaultctl keyslot test --share - --share - --share -
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions

    func validate() throws { try opening.check(with: credential) }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Vault_V1_TestSlotRequest()
        if let path = credential.passphraseFile {
            request.passphrase = try SecretFile.passphrase(at: path).data()
        } else if let path = credential.keyfile {
            request.keyfile = try KeyFile.read(path).data()
        } else if let path = opening.recoveryKey {
            request.recoveryKey = try RecoveryKeyFile.read(path).data()
        } else if !opening.share.isEmpty {
            for (number, share) in opening.share.enumerated() {
                request.shares.shares.append(
                    try OpeningOptions.text(of: share, number: number).data())
            }
        } else {
            try CredentialOptions.requireTerminal()
            request.passphrase = try Prompt.secret(
                "passphrase", limit: SecretFile.passphraseBytesMax
            ).data()
        }
        let slot = try await vault.testSlot(request)
        try report("opens slot \(StatusReport.text(of: slot))", to: &output) { json in
            json.name("slot")
            StatusReport.write(slot, to: &json)
        }
        return .done
    }
}
