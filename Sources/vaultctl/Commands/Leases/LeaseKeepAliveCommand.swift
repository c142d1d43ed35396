import ArgumentParser
import VaultClient

/// `vaultctl lease keep-alive`: gives a lease its time again, and again.
struct LeaseKeepAliveCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep-alive",
        abstract: "Give a lease its whole time again, until interrupted.",
        discussion: """
            Renews whenever a third of the time has passed, and says so each time: a line, or \
            with -o json a document. While the vault is sealed it waits; no lease ends then. A \
            lost connection is made again. Exits with 3 when the lease is over. Ctrl-C ends it \
            with the status that the shell gives to every program that is interrupted, 130; the \
            lease then has what is left of its time.

            EXAMPLES
              vaultctl lease keep-alive 694d8ea2b1c0f5e3
              vaultctl lease keep-alive 694d8ea2b1c0f5e3 --once
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: "The lease's number, in hexadecimal.", completion: .custom(LeaseCompletion.numbers))
    var id: LeaseArgument

    @Flag(name: .long, help: "Renew once and exit.")
    var once = false

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        OutputReader.endWithIt()
        var patience = Patience(socketPath: options.socketPath, open: vault)
        while true {
            do {
                return try await renew(on: patience.connection(), &patience, &output)
            } catch let error as VaultClientError {
                try await patience.wait(after: error, lost: lost)
            }
        }
    }

    /// Renews until there is no more reason to.
    private func renew(
        on vault: VaultConnection, _ patience: inout Patience, _ output: inout StandardOutput
    ) async throws -> ExitStatus {
        var end: Result<ExitStatus, CommandFailure>?
        try await vault.keepAlive(lease: id.identifier) { seconds in
            if patience.serves() { StandardError.note("renewing again") }
            guard seconds > 0 else {
                end = .failure(id.isGone)
                return false
            }
            do throws(CommandFailure) {
                try report(seconds, to: &output)
                if once { end = .success(.done) }
            } catch {
                end = .failure(error)
            }
            return end == nil
        }
        guard let end else {
            throw VaultClientError(.unreachable, "the vault ended the renewals")
        }
        return try end.get()
    }

    private func lost(after error: VaultClientError) -> CommandFailure {
        CommandFailure(
            .unreachable, "the connection was lost and not made again: \(error.message)",
            nextStep: "see if vaultd is running, then 'vaultctl lease show \(id.shown)'")
    }

    /// At once: whoever reads the lines wants to know now.
    private func report(
        _ seconds: Int64, to output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            try output.write("lease \(id.shown) has \(Quantity.seconds(seconds)) again\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field(lease: id.identifier)
                $0.field("remaining_seconds", seconds)
            }
            try output.write(document: &json)
        }
        try output.flush()
    }
}
