import ArgumentParser
import VaultBackup
import VaultSeal

/// `vaultctl drill status`: whether backups and drills are as new as they must be.
struct DrillStatusCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell when backups or drills are too old, or findings are open.",
        discussion: """
            For a timer of its own: what makes backups cannot tell that it has stopped. Reads the \
            ends of the archives and the ledger, and needs no key. Exits with 25 when the newest \
            archive or the last good drill is too old, or a finding of high severity is open.

            EXAMPLES
              vaultctl drill status --backups /backup --ledger /var/lib/vault-drill/ledger
              vaultctl drill status --backups /backup --ledger L --backup-age 26h --drill-age 8d
            """)

    @OptionGroup var options: GlobalOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The directory with the archives.", valueName: "directory"),
        completion: .directory)
    var backups: String

    @Option(
        name: .long,
        help: ArgumentHelp("Where the ledger of drills is.", valueName: "directory"),
        completion: .directory)
    var ledger: String

    @Option(name: .long, help: "How old the newest archive may be: 26h, 2d.")
    var backupAge = TimeSpan(seconds: 26 * 3_600)

    @Option(name: .long, help: "How old the last good drill with a restore may be.")
    var drillAge = TimeSpan(seconds: 8 * 86_400)

    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    func perform() async throws -> ExitStatus {
        let here = try ArchiveDirectory(backups)
        let newest = here.archives.filter { here.isWhole($0) && $0.footer.isSigned }
            .map(\.footer.identity.created).max()
        let state: LedgerState
        do throws(BackupError) { state = try LedgerPlace.open(ledger).state } catch {
            throw CommandFailure(error)
        }
        let drills = [DrillLevel.restore, .hostile, .ceremony]
            .compactMap { state.last($0, good: true)?.ended }
        let rule = FreshnessRule(
            backupAgeMax: backupAge.milliseconds, drillAgeMax: [.restore: drillAge.milliseconds])
        var overdue = rule.overdue(
            now: DrillRunner.wallClock(), newestBackup: newest,
            newestDrill: drills.max().map { [.restore: $0] } ?? [:])
        overdue += here.problems.map(\.error.message)
        overdue += state.findings.open.filter { $0.severity == .high }
            .map { "finding \($0.id) is open: \($0.check)" }
        if let metrics { try LedgerPlace.write(DrillMetrics(state), to: metrics) }
        var output = StandardOutput()
        try say(overdue, newest, drills.max(), to: &output)
        try output.flush()
        guard let first = overdue.first else { return .done }
        throw CommandFailure(
            .overdue, first, nextStep: "look at the timers, then run a backup and a drill by hand")
    }

    private func say(
        _ overdue: [String], _ newest: Int64?, _ drill: Int64?, to output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            var fields = FieldList()
            fields.add("backup", newest.map { Quantity.time($0) } ?? "none")
            fields.add("drill", drill.map { Quantity.time($0) } ?? "none that passed")
            for (index, text) in overdue.enumerated() {
                fields.add(index == 0 ? "overdue" : "", TerminalText.escaped(text.utf8))
            }
            try output.write(fields.rendered())
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.field("ok", overdue.isEmpty)
                json.field("backup_ms", newest ?? 0)
                json.field("drill_ms", drill ?? 0)
                json.field("overdue") { json in overdue.forEach { json.string($0) } }
            }
            try output.write(document: &json)
        }
    }
}
