import VaultBackup
import VaultSeal

/// What people are asked at a ceremony.
struct CeremonyQuestions {
    private static let introduction = """
        This rehearses the worst day: the machine is gone. What is left are the archives, this
        program, and the key that is kept offline. They are restored into a private directory,
        a vaultd of its own is started on that, and everything is removed again. Neither the
        archives nor the vault are touched.

        Whoever wrote the runbook should not be the one who holds it: what is to be shown is that
        others can follow it.

        """

    static func begin() { Interview.say(introduction) }

    /// The names of those who are there.
    static func operators(_ given: [String]) throws(CommandFailure) -> [String] {
        let names = given.flatMap { split($0) }
        guard names.isEmpty else { return names }
        for _ in 0..<Interview.attemptsMax {
            let names = split(try Interview.ask("Who is here? Names, with commas between them"))
            guard names.isEmpty else { return names }
            Interview.say("At least one name.")
        }
        throw Interview.tooMany
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { name in
            let name = name.drop { $0.isWhitespace }
            return String(name.reversed().drop { $0.isWhitespace }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// The key, from wherever it is kept.
    static func key() throws(CommandFailure) -> KeptKey {
        Interview.say("\nBring the key. How long that takes is written down. What is it?")
        Interview.say("  1  the file of a recovery key")
        Interview.say("  2  shares, typed by those who hold them")
        Interview.say("  3  a passphrase")
        Interview.say("  4  a key file")
        for _ in 0..<Interview.attemptsMax {
            switch try Interview.ask("Number") {
            case "1":
                if let secret = try file(RecoveryKeyFile.read) {
                    return KeptKey(.recoveryKey, secret)
                }
            case "2": return try shares()
            case "3":
                let limit = SecretFile.passphraseBytesMax
                return KeptKey(.passphrase, try Interview.secret("Passphrase", limit: limit))
            case "4":
                if let secret = try file(KeyFile.read) { return KeptKey(.keyfile, secret) }
            default: Interview.say("A number from 1 to 4.")
            }
        }
        throw Interview.tooMany
    }

    /// A key in a file; nil when the path, or the file's mode, is for people to correct.
    private static func file(
        _ read: (String) throws(CommandFailure) -> SecretBuffer
    ) throws(CommandFailure) -> SecretBuffer? {
        let path = try Interview.ask("File")
        do throws(CommandFailure) { return try read(path) } catch {
            Interview.say(TerminalText.escaped(error.description.utf8))
            return nil
        }
    }

    /// Share after share, until they are enough. One that is refused is asked for again.
    private static func shares() throws(CommandFailure) -> KeptKey {
        var collector = ShareCollector()
        var kept: [KeptSecret] = []
        var refused = 0
        while refused < Interview.attemptsMax {
            let text = try Interview.secret(
                "Share \(kept.count + 1)", limit: OpeningOptions.lengthMax)
            let secret = KeptSecret(text)
            do throws(ShareError) {
                let isEnough = try collector.add(try secret.share()) != nil
                kept.append(secret)
                if isEnough { return KeptKey(shares: kept) }
                let needed = collector.progress?.set.threshold ?? 0
                Interview.say("\(kept.count) of \(needed) are here.")
            } catch {
                refused += 1
                Interview.say("That one is refused: \(error). Type it again, or another.")
            }
        }
        throw Interview.tooMany
    }
}
