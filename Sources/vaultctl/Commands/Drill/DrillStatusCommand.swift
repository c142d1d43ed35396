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
            that was due ('drill run --every'), when the oldest archive was not restored within \
            --go-back-age, when nobody has proven the offline key within --key-age, or when a \
            finding of high severity is open. A ceremony that was held on another machine counts \
            once its ledger (without its key) lies in --ceremony-ledger.

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
        help: "How old the last good drill of the oldest archive (D4) may be: 35d (default: any).")
    var goBackAge: TimeSpan?

    @Option(
        name: .long,
        help: "How long ago people may last have proven the offline key: 100d (default: any time).")
    var keyAge: TimeSpan?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A ledger of ceremonies that were held elsewhere, and its ledger.pub.",
            valueName: "directory"),
        completion: .directory)
    var ceremonyLedger: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    func perform() async throws -> ExitStatus {
        let here = try ArchiveDirectory(backups)
        let newest = here.archives.filter { here.isWhole($0) && $0.footer.isSigned }
            .max { $0.footer.identity.created < $1.footer.identity.created }?.footer.identity
        let contents: LedgerPlace.Contents?
        do throws(BackupError) { contents = try LedgerPlace.read(ledger) } catch {
            throw CommandFailure(error)
        }
        let (ceremonies, problem) = readCeremonies()
        let status = DrillStatus(
            contents?.state ?? LedgerState(), ceremonies: ceremonies,
            newestBackup: newest?.created,
            worstGap: newest.flatMap { here.worstGap(storeID: $0.storeID.description) },
            now: Machine.wallClock())
        var overdue = status.overdue(
            backupAge: backupAge.milliseconds, drillAge: drillAge.milliseconds,
            goBackAge: goBackAge?.milliseconds, keyAge: keyAge?.milliseconds)
        overdue += problem.map { [$0] } ?? []
        if contents == nil { overdue.append("there is no ledger in \(ledger)") }
        overdue += here.problems.map(\.error.message)
        if let metrics {
            var values = DrillMetrics(status.state)
            values.keyLastProven["offline"] = status.keyProven
            try LedgerPlace.write(values, to: metrics)
        }
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
    /// What ceremonies elsewhere have proven; what is wrong with their ledger is told, not thrown:
    /// it must not hide what is overdue.
    private func readCeremonies() -> (state: LedgerState?, problem: String?) {
        guard let ceremonyLedger else { return (nil, nil) }
        do throws(BackupError) {
            return (try LedgerPlace.readShared(ceremonyLedger, seen: nil)?.state, nil)
        } catch { return (nil, "the ledger of ceremonies: \(error.message)") }
    }
}
