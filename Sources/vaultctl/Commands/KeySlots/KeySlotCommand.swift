import ArgumentParser

/// `vaultctl keyslot`: who can open the vault.
struct KeySlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyslot",
        abstract: "Say who can open the vault: passphrases, key files, shares, recovery keys.",
        discussion: """
            Any one slot opens the vault. Slots are changed while the vault serves, and a change \
            is on the disk when the command ends. A copy of the data directory that was made \
            before, a backup for one, still opens with the slots of its time.

            EXAMPLES
              vaultctl keyslot list
              vaultctl keyslot add --shares 5 --threshold 3 --label "the board"
              vaultctl keyslot test --recovery-key /media/usb/vault-recovery.key
              vaultctl keyslot replace 2 --keyfile /etc/vaultd/new.key
              vaultctl keyslot remove 1
            """,
        subcommands: [
            KeySlotListCommand.self, KeySlotAddCommand.self, KeySlotReplaceCommand.self,
            KeySlotRemoveCommand.self, KeySlotTestCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
