import ArgumentParser
import VaultClient

/// A command that needs a vault: connects, runs, and flushes what was written.
protocol VaultCommand: CommandLineCommand {
    var options: GlobalOptions { get }

    /// What the caller has to be allowed, where keys are named: told when it is not.
    var needs: [AccessNeed] { get }

    /// Whether it leaves the processor to others, who have somebody waiting.
    var standsBack: Bool { get }

    /// Does the command's work. Whatever it throws is reported on standard error.
    func run(on vault: VaultConnection, output: inout StandardOutput) async throws -> ExitStatus
}

extension VaultCommand {
    var needs: [AccessNeed] { [] }
    var standsBack: Bool { false }

    func perform() async throws -> ExitStatus {
        if standsBack { ProcessSetup.standBack() }
        return try await options.onVault { vault in
            var output = StandardOutput()
            do {
                let status = try await run(on: vault, output: &output)
                try output.flush()
                return status
            } catch {
                throw AccessNeed.explaining(error, needs: needs, user: options.user)
            }
        }
    }

    /// What was done: a sentence for people, or an object for programs.
    func report(
        _ sentence: @autoclosure () -> String, to output: inout StandardOutput,
        json fields: (inout JSONWriter) -> Void
    ) throws(CommandFailure) {
        switch options.output {
        case .table: try output.write(sentence() + "\n")
        case .json:
            var json = JSONWriter()
            json.object(fields)
            try output.write(document: &json)
        }
    }
}
