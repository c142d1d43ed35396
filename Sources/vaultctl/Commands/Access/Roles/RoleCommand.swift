import ArgumentParser

/// `vaultctl role`: permissions under a name.
struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Give sets of permissions a name.",
        discussion: """
            A role has permissions; users and principals have roles. What 'vaultctl allow' gives \
            a principal is a role with the principal's name. These are etcd's roles: 'etcdctl \
            role' works on the same ones.

            EXAMPLES
              vaultctl role add web
              vaultctl role grant web read app/web/ --prefix
              vaultctl user grant alice web
            """,
        subcommands: [
            RoleAddCommand.self, RoleDeleteCommand.self, RoleListCommand.self,
            RoleShowCommand.self, RoleGrantCommand.self, RoleRevokeCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
