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
            ends of the archives and the ledger, writes nothing, and needs no key. Exits with 25 \
            when the newest archive or the last good drill is too old, when a drill was not run \
            that was due ('drill run --every'), when nobody has proven the offline key within \
            --key-age, or when a finding of high severity is open.

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
        help: "How long ago people may last have proven the offline key: 100d (default: any time).")
    var keyAge: TimeSpan?

    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    func perform() async throws -> ExitStatus {
        let here = try ArchiveDirectory(backups)
        let newest = here.archives.filter { here.isWhole($0) && $0.footer.isSigned }
            .map(\.footer.identity.created).max()
        let contents: LedgerPlace.Contents?
        do throws(BackupError) { contents = try LedgerPlace.read(ledger) } catch {
            throw CommandFailure(error)
        }
        let now = Machine.wallClock()
        let status = DrillStatus(contents?.state ?? LedgerState(), newestBackup: newest, now: now)
        var overdue = status.overdue(
            backupAge: backupAge.milliseconds, drillAge: drillAge.milliseconds,
            keyAge: keyAge?.milliseconds)
        if contents == nil { overdue.append("there is no ledger in \(ledger)") }
        overdue += here.problems.map(\.error.message)
        if let metrics { try LedgerPlace.write(DrillMetrics(status.state), to: metrics) }
        var output = StandardOutput()
        switch options.output {
        case .table: try output.write(status.table(overdue))
        case .json:
            var json = JSONWriter()
            status.write(overdue, to: &json)
            try output.write(document: &json)
        }
        try output.flush()
        guard let first = overdue.first else { return .done }
        throw CommandFailure(
            .overdue, first, nextStep: "look at the timers, then run a backup and a drill by hand")
    }
}
