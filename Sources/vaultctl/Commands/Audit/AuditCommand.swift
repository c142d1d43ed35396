import ArgumentParser

/// `vaultctl audit`: what is done with the audit log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify the audit log.",
        subcommands: [AuditVerifyCommand.self])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
