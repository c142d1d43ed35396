import ArgumentParser

/// A command that does something, with or without a vault, and ends with a status of the contract.
protocol CommandLineCommand: AsyncParsableCommand {
    /// Does all of it. Whatever it throws is reported on standard error.
    func perform() async throws -> ExitStatus
}
