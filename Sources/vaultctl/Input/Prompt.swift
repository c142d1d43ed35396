import Glibc

/// Questions to the person at the terminal, asked on standard error.
enum Prompt {
    /// Asks for a secret, which is not shown.
    static func secret(_ question: String, limit: Int) throws(CommandFailure) -> SecretBuffer {
        let terminal = try Terminal()
        StandardError.write("\(question): ")
        var editor = LineEditor(limit: limit)
        while let byte = terminal.nextByte() {
            switch editor.type(byte) {
            case .goOn: continue
            case .done:
                StandardError.write("\n")
                return editor.finish()
            case .cancelled:
                StandardError.write("\n")
                throw CommandFailure(.failed, "cancelled", nextStep: "nothing was changed")
            case .tooLong:
                StandardError.write("\n")
                throw CommandFailure(
                    .failed, "more than \(Quantity.bytes(Int64(limit))) were typed",
                    nextStep: "give it in a file")
            }
        }
        throw CommandFailure(.failed, "the terminal was closed", nextStep: "nothing was changed")
    }

    /// Asks twice, because nobody saw what was typed.
    static func confirmedSecret(
        _ question: String, limit: Int
    ) throws(CommandFailure) -> SecretBuffer {
        let first = try secret(question, limit: limit)
        guard !first.isEmpty else {
            throw CommandFailure(.failed, "nothing was typed", nextStep: "try again")
        }
        let second = try secret("the same again", limit: limit)
        guard first.isEqual(to: second) else {
            throw CommandFailure(.failed, "the two were not the same", nextStep: "try again")
        }
        return first
    }

    /// Asks for a word that has to be typed to go on.
    static func confirm(_ question: String, word: String) throws(CommandFailure) {
        StandardError.write("\(question) Type '\(word)' to go on: ")
        guard let answer = readLine(), answer == word else {
            throw CommandFailure(.failed, "not confirmed", nextStep: "nothing was changed")
        }
    }

    /// The same for what is about all keys. Where nobody can be asked, --yes has to say so.
    static func confirmEverything(_ question: String, word: String) throws(CommandFailure) {
        guard Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "an empty prefix means every key of the vault",
                nextStep: "add --yes if that is meant")
        }
        try confirm(question, word: word)
    }
}
