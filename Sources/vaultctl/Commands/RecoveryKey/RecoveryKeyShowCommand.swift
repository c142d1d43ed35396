import ArgumentParser
import VaultSeal

/// `vaultctl recovery-key show`: the public half of a recovery key.
struct RecoveryKeyShowCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the public half of a recovery key.",
        discussion: """
            EXAMPLES
              vaultctl recovery-key show /media/usb/vault-recovery.key
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The file of the private half.", completion: .file())
    var file: String

    func perform() async throws -> ExitStatus {
        try Self.print(RecoveryKeyFile.publicKey(of: file), file: file, as: options.output)
        return .done
    }

    static func print(
        _ key: RecoveryPublicKey, file: String, as format: OutputFormat
    ) throws(CommandFailure) {
        var output = StandardOutput()
        switch format {
        case .table: try output.write(key.text + "\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("public_key", key.text)
                $0.field("file", file)
            }
            try output.write(document: &json)
        }
        try output.flush()
    }
}
