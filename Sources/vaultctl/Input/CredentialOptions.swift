import ArgumentParser

/// Where the secret that opens the vault comes from.
struct CredentialOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with a passphrase; one newline at its end is not part of it.",
            valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A key file: 32 random bytes, mode 0600.", valueName: "file"),
        completion: .file())
    var keyfile: String?

    /// Without a file and without a terminal there is nobody to ask.
    static func requireTerminal() throws(CommandFailure) {
        guard Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "standard input is not a terminal to ask for a passphrase",
                nextStep: "give --passphrase-file or --keyfile, or another key of the vault")
        }
    }
}
