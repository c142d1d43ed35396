import ArgumentParser

/// `vaultctl backup`: archives of the vault.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Make, check, list and restore archives of the whole vault.",
        discussion: """
            An archive is one file with everything in it: secrets, their history, leases, access \
            rules and key slots. It is sealed: any key of the vault opens it, and without one it \
            tells its size and its revisions. The vault serves while it is made. An archive that \
            continues another one holds what came after it, and needs it to be restored.

            EXAMPLES
              vaultctl backup create /backup/vault.vab
              vaultctl backup create /backup/monday.vab --since /backup/vault.vab
              vaultctl backup create --directory /backup
              vaultctl backup list /backup
              vaultctl backup verify /backup --recovery-key ~/recovery.key
              vaultctl backup restore /backup/*.vab --data-dir /var/lib/vaultd \\
                  --recovery-key ~/recovery.key
            """,
        subcommands: [
            BackupCreateCommand.self, BackupVerifyCommand.self, BackupListCommand.self,
            BackupCopyCommand.self, BackupPruneCommand.self, BackupRestoreCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
