import ArgumentParser

/// `vaultctl lease`: keys that go away by themselves.
struct LeaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease",
        abstract: "Give keys a time after which they are deleted.",
        discussion: """
            A lease has a time. Keys are put on it with 'vaultctl put --lease'. When the time is \
            up, or the lease is revoked, its keys are deleted; their past stays readable until it \
            is compacted. Keeping a lease alive gives it its whole time again. A lease has its \
            whole time again, too, after vaultd was restarted or the vault unsealed.

            EXAMPLES
              vaultctl lease grant 3600
              vaultctl put db/session --lease 694d8ea2b1c0f5e3
              vaultctl lease keep-alive 694d8ea2b1c0f5e3
            """,
        subcommands: [
            LeaseGrantCommand.self, LeaseRevokeCommand.self, LeaseKeepAliveCommand.self,
            LeaseShowCommand.self, LeaseListCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
