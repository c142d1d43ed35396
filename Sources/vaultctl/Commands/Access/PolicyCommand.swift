import ArgumentParser

/// `vaultctl policy`: what the rules come to.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "See what the rules come to.",
        discussion: """
            Rules are permissions of roles, and roles belong to users and principals. \
            'vaultctl role list' shows all of them.

            EXAMPLES
              vaultctl policy explain uid:1000 read app/web/ --prefix
            """,
        subcommands: [PolicyExplainCommand.self])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
