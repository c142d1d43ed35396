import ArgumentParser

/// `vaultctl user`: who has which roles.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Keep users, their roles and their passwords.",
        discussion: """
            A user called like a principal, uid:1000 or unit:web.service, is whoever the kernel \
            says it is, and has no password; every other user logs in with one, where 'vaultctl \
            login' lets them. These are etcd's users: 'etcdctl user' works on the same ones.

            EXAMPLES
              vaultctl user add alice                asks for a password
              vaultctl user grant alice web
              vaultctl user add group:staff
            """,
        subcommands: [
            UserAddCommand.self, UserDeleteCommand.self, UserListCommand.self,
            UserShowCommand.self, UserPasswordCommand.self, UserGrantCommand.self,
            UserRevokeCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
