import ArgumentParser
import Testing

@testable import vaultctl

/// Command lines, as typed.
enum CommandLineWords {
    static func parse<Command: ParsableCommand>(
        _ type: Command.Type, _ arguments: [String]
    ) async throws -> Command {
        let command = try await Vaultctl.asyncParseAsRoot(arguments)
        return try #require(command as? Command)
    }

    /// The one line that a refused command line is answered with; nil when it is taken.
    static func refusal(_ arguments: [String]) async -> String? {
        do {
            _ = try await Vaultctl.asyncParseAsRoot(arguments)
            return nil
        } catch {
            return Vaultctl.message(for: error)
        }
    }
}
