import ArgumentParser
import VaultClient

/// Parses the arguments, runs the command, and puts every outcome into an exit status.
enum Program {
    static func run(_ arguments: some Sequence<String>) async -> ExitStatus {
        do throws(CommandFailure) {
            try CommandLineText.check()
        } catch {
            return report(error)
        }
        let arguments = Array(arguments)
        let words = CommandWords(arguments)
        // The parser would answer `help` for a command that there is not with the help for all.
        if let failure = words.failure, arguments.first == "help" { return report(failure) }
        do {
            var command = try await Vaultctl.asyncParseAsRoot(arguments)
            if let command = command as? any CommandLineCommand {
                return try await command.perform()
            }
            // `help`, or no subcommand at all: both throw the text to show.
            try command.run()
            return .done
        } catch let failure as CommandFailure {
            return report(failure)
        } catch let error as VaultClientError {
            return report(CommandFailure(error))
        } catch {
            return reportParsing(error, words)
        }
    }

    private static func report(_ failure: CommandFailure) -> ExitStatus {
        StandardError.write("vaultctl: \(TerminalText.line(failure.description))\n")
        return failure.status
    }

    /// Requests for help, the version and completion scripts arrive as errors too.
    private static func reportParsing(
        _ error: any Error, _ words: CommandWords
    ) -> ExitStatus {
        guard !Vaultctl.exitCode(for: error).isSuccess else {
            var output = StandardOutput()
            let text = CompletionScript.completed(Vaultctl.fullMessage(for: error))
            do throws(CommandFailure) {
                try output.write(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
                try output.flush()
            } catch {
                return report(error)
            }
            return .done
        }
        if let failure = words.failure { return report(failure) }
        let said = Vaultctl.message(for: error).split(separator: "\n").joined(separator: " ")
        let message = UnknownOption.corrected(said)
            .replacing(". Please provide ", with: "; give ")
            .replacing(". Did you mean ", with: "; did you mean ")
        // Our own validation already says what to do.
        let nextStep = message.contains("; ") ? "" : words.help
        return report(
            CommandFailure(
                .usage, CommandFailure.lowercasedFirst(message), nextStep: nextStep))
    }
}
