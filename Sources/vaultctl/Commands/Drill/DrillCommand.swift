import ArgumentParser

/// `vaultctl drill`: rehearsed restores.
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Prove that backups can be restored.",
        discussion: """
            A drill restores the newest backup into a private directory, starts a vaultd of its \
            own on it, reads it as a client would, and breaks copies of the backup in every way \
            to see that each is refused. It touches neither the live vault nor the archives.

            EXAMPLES
              vaultctl drill run --backups /backup --recovery-key drill.key --ledger /var/lib/drill
              vaultctl drill status --ledger /var/lib/drill --backups /backup
              vaultctl drill report --ledger /var/lib/drill --html report.html
              vaultctl drill ceremony --backups /backup --ledger /var/lib/drill
            """,
        subcommands: [
            DrillRunCommand.self, DrillStatusCommand.self, DrillReportCommand.self,
            DrillCeremonyCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
