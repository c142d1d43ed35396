import ArgumentParser

/// A command that needs no vault that runs.
protocol OfflineCommand: AsyncParsableCommand {
    /// Does the command's work. Whatever it throws is reported on standard error.
    func perform() throws -> ExitStatus
}
