import Glibc

/// Questions to people at a terminal, or to a script that answers them line by line on standard
/// input. What is asked and said is on standard error.
enum Interview {
    /// Longer than any name or path.
    private static let answerBytesMax = 4_096

    static func say(_ text: String) { StandardError.write(text + "\n") }

    /// An answer that may be seen, without the blanks around it.
    static func ask(_ question: String) throws(CommandFailure) -> String {
        StandardError.write("\(question): ")
        let text = try line(limit: answerBytesMax).withBytes {
            String(validating: $0, as: UTF8.self)
        }
        guard let text else {
            throw CommandFailure(.usage, "the answer is not UTF-8", nextStep: "type it again")
        }
        let answer = text.drop { $0.isWhitespace }
        return String(answer.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Yes or no, asked again until it is one of them.
    static func confirm(_ question: String) throws(CommandFailure) -> Bool {
        for _ in 0..<attemptsMax {
            switch try ask("\(question) (yes or no)").lowercased() {
            case "yes", "y": return true
            case "no", "n": return false
            default: say("Please type yes or no.")
            }
        }
        throw tooMany
    }

    /// A secret, which is not shown.
    static func secret(_ question: String, limit: Int) throws(CommandFailure) -> SecretBuffer {
        if Terminal.isInteractive { return try Prompt.secret(question, limit: limit) }
        StandardError.write("\(question): ")
        return try line(limit: limit)
    }

    private static func line(limit: Int) throws(CommandFailure) -> SecretBuffer {
        let line = try InputReader.readLine(STDIN_FILENO, limit: limit, name: "the answer")
        // Nobody has typed the end of the line where a script answers.
        if !Terminal.isInteractive { StandardError.write("\n") }
        guard let line else {
            throw CommandFailure(
                .usage, "nobody answers", nextStep: "begin again; nothing was changed")
        }
        return line
    }

    /// Who answers wrongly so often has something else in mind.
    static let attemptsMax = 10

    static var tooMany: CommandFailure {
        CommandFailure(
            .usage, "no answer that can be used came", nextStep: "begin again; nothing was changed")
    }
}
