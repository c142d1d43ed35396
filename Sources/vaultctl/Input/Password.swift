import VaultClient

/// Passwords of users. Never from the command line, where other users see them in ps.
enum Password {
    /// The password of a user who logs in: from a file, or asked for.
    static func login(
        as name: String, file: String?
    ) throws(CommandFailure) -> Login {
        Login(name: name, password: try existing(of: name, file: file))
    }

    /// A new password for a user: from a file, or asked for twice.
    static func new(for name: String, file: String?) throws(CommandFailure) -> Login {
        if let file { return Login(name: name, password: try text(of: read(file))) }
        try requireTerminal(option: "--password-file")
        let secret = try Prompt.confirmedSecret(
            "new password of \(KeyName.shown(name))", limit: SecretFile.passphraseBytesMax)
        return Login(name: name, password: try text(of: secret))
    }

    private static func existing(
        of name: String, file: String?
    ) throws(CommandFailure) -> String {
        if let file { return try text(of: read(file)) }
        try requireTerminal(option: "--user-password-file")
        return try text(
            of: Prompt.secret(
                "password of \(KeyName.shown(name))", limit: SecretFile.passphraseBytesMax))
    }

    private static func read(_ file: String) throws(CommandFailure) -> SecretBuffer {
        try SecretFile.line(at: file, what: "password")
    }

    /// The API has passwords as text. The copy cannot be wiped; the heap overwrites it when freed.
    private static func text(of secret: borrowing SecretBuffer) throws(CommandFailure) -> String {
        guard let text = secret.withBytes({ String(validating: $0, as: UTF8.self) }) else {
            throw CommandFailure(
                .failed, "the password is not UTF-8", nextStep: "choose one that is text")
        }
        return text
    }

    private static func requireTerminal(option: String) throws(CommandFailure) {
        guard Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "standard input is not a terminal to ask for a password",
                nextStep: "give \(option)")
        }
    }
}
