import ArgumentParser

/// The root of all commands.
struct Vaultctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vaultctl",
        abstract: "Keep and administer secrets in a vault.",
        discussion: """
            Talks to vaultd over its UNIX socket: --socket, or $VAULTD_SOCKET, or \
            \(GlobalOptions.defaultSocket). The kernel tells vaultd who is asking.

            EXAMPLES
              vaultctl init                          create the keys of a new vault
              vaultctl put db/password               asks for the value, without echo
              vaultctl get db/password
              vaultctl edit app/config               in your editor
              vaultctl list db/
              vaultctl history db/password
              vaultctl run --env PW=db/password -- ./app
              vaultctl watch db/ --prefix            changes, as they are made
              vaultctl allow uid:1000 read db/ --prefix
              vaultctl audit tail -f                 who asks for what

            EXIT STATUS
               0 done                       16 too slow
               1 failed                     17 counts or state differ
               2 usage                      18 access or audit differ
               3 not found                  19 a drill that would not notice
               4 denied                     20 no space
               5 sealed or not initialised  21 target not empty or in use
               6 cannot reach the vault     22 clock
              12 wrong key                  23 inconclusive
              13 damaged                    24 format not supported
              14 incomplete chain           25 overdue
              15 stale or rolled back      130 interrupted by Ctrl-C
              14 to 23 and 25 are of backups and drills; 'vaultctl run' ends as its
              program does.

            COMPLETION
              vaultctl --generate-completion-script bash | zsh | fish
            """,
        version: vaultctlVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Secrets",
                subcommands: [
                    PutCommand.self, GetCommand.self, EditCommand.self, DeleteCommand.self,
                    ListCommand.self,
                    HistoryCommand.self, UndeleteCommand.self, WatchCommand.self, RunCommand.self,
                    ImportCommand.self, ExportCommand.self, CompactCommand.self, LeaseCommand.self,
                ]),
            CommandGroup(
                name: "Access",
                subcommands: [
                    AllowCommand.self, DenyCommand.self, CanCommand.self, PolicyCommand.self,
                    WhoAmICommand.self, UserCommand.self, RoleCommand.self, LoginCommand.self,
                ]),
            CommandGroup(name: "Audit", subcommands: [AuditCommand.self]),
            CommandGroup(
                name: "Disaster recovery",
                subcommands: [BackupCommand.self, DrillCommand.self, AcceptCommand.self]),
            CommandGroup(
                name: "The vault",
                subcommands: [
                    InitCommand.self, UnsealCommand.self, SealCommand.self, StatusCommand.self,
                    KeySlotCommand.self, RecoveryKeyCommand.self, RotateCommand.self,
                    RewrapCommand.self, DestroyCommand.self, DefragmentCommand.self,
                    VerifyCommand.self, DamageCommand.self, DoctorCommand.self,
                ]),
        ])

    // Declared here too, so that the options may also stand before the command.
    @OptionGroup var options: GlobalOptions
}
