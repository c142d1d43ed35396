import ArgumentParser
import VaultClient

/// A command that needs a vault: connects, runs, and flushes what was written.
protocol VaultCommand: AsyncParsableCommand {
    var options: GlobalOptions { get }

    /// Does the command's work. Whatever it throws is reported on standard error.
    func run(on vault: VaultConnection, output: inout StandardOutput) async throws -> ExitStatus
}

extension VaultCommand {
    func perform() async throws -> ExitStatus {
        let vault = try await VaultConnection.connect(socketPath: options.socketPath)
        var output = StandardOutput()
        do {
            let status = try await run(on: vault, output: &output)
            try output.flush()
            await vault.close()
            return status
        } catch {
            await vault.close()
            throw error
        }
    }
}
