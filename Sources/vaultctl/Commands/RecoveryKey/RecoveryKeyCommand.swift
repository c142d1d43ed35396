import ArgumentParser

/// `vaultctl recovery-key`: keys that are kept away from the vault.
struct RecoveryKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery-key",
        abstract: "Make keys that open the vault from elsewhere.",
        discussion: """
            A recovery key has two halves. The vault is given the public one, which is no secret. \
            The private one stays in a file away from the vault's machine, and is brought when \
            every other key is lost. Neither command needs a vault.

            EXAMPLES
              vaultctl recovery-key generate --out /media/usb/vault-recovery.key
              vaultctl keyslot add --recipient vdr1-...
              vaultctl unseal --recovery-key /media/usb/vault-recovery.key
            """,
        subcommands: [RecoveryKeyGenerateCommand.self, RecoveryKeyShowCommand.self])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
