import ArgumentParser
import VaultSeal

/// `vaultctl recovery-key generate`: makes a recovery key.
struct RecoveryKeyGenerateCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a recovery key: the private half in a file, the public half printed.",
        discussion: """
            Do this on another machine than the vault's, or write the file to a medium that is \
            taken away. The file has mode 0600 and must not exist yet. What is printed is no secret.

            EXAMPLES
              vaultctl recovery-key generate --out /media/usb/vault-recovery.key
            """)

    @OptionGroup var options: GlobalOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The new file for the private half.", valueName: "file"),
        completion: .file())
    var out: String

    func perform() async throws -> ExitStatus {
        let key = try RecoveryKeyFile.create(out)
        try RecoveryKeyShowCommand.print(key, file: out, as: options.output)
        return .done
    }
}
