import ArgumentParser
import Glibc

/// What opens a vault, beside a passphrase and a key file.
struct OpeningOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A share; - asks for it, without echo. Others on this machine see what is written "
                + "here, in ps, and the shell remembers it. May be repeated.",
            valueName: "share"))
    var share: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The private half of a recovery key: a file of 32 bytes, mode 0600.",
            valueName: "file"),
        completion: .file())
    var recoveryKey: String?

    /// Refuses more than one kind of key.
    func check(with credential: CredentialOptions, others: Int = 0) throws(CommandFailure) {
        let kinds =
            [
                credential.passphraseFile != nil, credential.keyfile != nil, !share.isEmpty,
                recoveryKey != nil,
            ].count { $0 } + others
        guard kinds <= 1 else {
            throw CommandFailure(
                .usage, "the options for different kinds of keys exclude each other",
                nextStep: "any one key opens the vault; give one of --passphrase-file, --keyfile, "
                    + "--share and --recovery-key")
        }
    }

    /// A share of the command line, or one that is asked for.
    static func text(of share: String, number: Int) throws(CommandFailure) -> SecretBuffer {
        guard share == "-" else {
            var secret = SecretBuffer(capacity: share.utf8.count)
            for byte in share.utf8 { secret.append(byte) }
            return secret
        }
        if Terminal.isInteractive {
            return try Prompt.secret(
                number == 0 ? "share" : "share \(number + 1)", limit: lengthMax)
        }
        // A line each, so that several fit into one input.
        let line = try InputReader.readLine(STDIN_FILENO, limit: lengthMax, name: "the share")
        guard let line else { return SecretBuffer() }
        return line
    }

    static let lengthMax = 1024
}
