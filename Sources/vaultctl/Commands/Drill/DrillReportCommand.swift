import ArgumentParser
import VaultBackup

/// `vaultctl drill report`: the history of drills as a page.
struct DrillReportCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show the ledger of drills as a page to look at.",
        discussion: """
            Checks every line and signature of the ledger, then writes one HTML file with nothing \
            from elsewhere: what was lost and how long restores took, over time; what was proven \
            and what was not.

            EXAMPLES
              vaultctl drill report --ledger /var/lib/vault-drill/ledger --html report.html
            """)

    @OptionGroup var options: GlobalOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Where the ledger of drills is.", valueName: "directory"),
        completion: .directory)
    var ledger: String

    @Option(
        name: .long, help: ArgumentHelp("The page to write.", valueName: "file"),
        completion: .file())
    var html: String

    func perform() async throws -> ExitStatus {
        let contents: LedgerPlace.Contents?
        do throws(BackupError) { contents = try LedgerPlace.read(ledger) } catch {
            throw CommandFailure(error)
        }
        guard let contents else {
            throw CommandFailure(
                .notFound, "there is no ledger in \(ledger)",
                nextStep: "'vaultctl drill run --ledger' makes one")
        }
        let overdue = DrillSchedule(contents.state).overdue(now: Machine.wallClock())
        let text = contents.page(overdue: overdue)
        let count = contents.state.reports.count
        try LedgerPlace.write(text, to: html)
        var output = StandardOutput()
        switch options.output {
        case .table:
            try output.write(
                "\(TerminalText.escaped(html.utf8)): \(Quantity.count(Int64(count), "drill"))\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("html", html)
                $0.field("drills", count)
            }
            try output.write(document: &json)
        }
        try output.flush()
        return .done
    }
}
