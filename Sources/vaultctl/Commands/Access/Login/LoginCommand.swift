import ArgumentParser

/// `vaultctl login`: whether users can log in with a password.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Let users log in with a password, or not.",
        discussion: """
            What etcd calls auth, except that vaultd always asks who may do what: this turns \
            passwords on and off, and changes nothing for those whom the kernel vouches for. To \
            log in, give --user to any command.

            EXAMPLES
              vaultctl login enable
              vaultctl get db/password --user alice
            """,
        subcommands: [
            LoginEnableCommand.self, LoginDisableCommand.self, LoginStatusCommand.self,
        ])

    // Declared here too, so that the options may also stand before the verb.
    @OptionGroup var options: GlobalOptions
}
