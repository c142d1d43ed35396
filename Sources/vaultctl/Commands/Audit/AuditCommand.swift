import ArgumentParser

/// `vaultctl audit`: who asked for what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the log of every request, and look after it.",
        discussion: """
            Every request, allowed or refused, is in the log before it is answered; without the \
            log vaultd answers nothing. Values are never in it. Keys are shown as hashes that \
            nobody can compute without the vault: 'vaultctl audit hash KEY'.

            EXAMPLES
              vaultctl audit tail -f
              vaultctl audit tail --key db/password
              vaultctl audit status
              vaultctl audit verify audit.jsonl
            """,
        subcommands: [
            AuditTailCommand.self, AuditHashCommand.self, AuditStatusCommand.self,
            AuditResumeCommand.self, AuditVerifyCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
