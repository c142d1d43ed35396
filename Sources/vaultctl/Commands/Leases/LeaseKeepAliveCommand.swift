import ArgumentParser
import VaultClient

/// `vaultctl lease keep-alive`: gives a lease its time again, and again.
struct LeaseKeepAliveCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep-alive",
        abstract: "Give a lease its whole time again, until interrupted.",
        discussion: """
            Renews whenever a third of the time has passed, and says so each time: a line, or \
            with -o json a document. Exits with 3 when the lease is over.

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
        var isOver = false
        var failure: CommandFailure?
        try await vault.keepAlive(lease: id.identifier) { seconds in
            guard seconds > 0 else {
                isOver = true
                return false
            }
            do throws(CommandFailure) {
                try report(seconds, to: &output)
            } catch {
                failure = error
                return false
            }
            return !once
        }
        if let failure { throw failure }
        if isOver { throw id.isGone }
        return .done
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
