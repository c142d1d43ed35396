import ArgumentParser
import Glibc
import VaultBackup

/// `vaultctl drill run`: one drill.
struct DrillRunCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Restore the newest backup for practice, and prove what it is worth.",
        discussion: """
            Needs a key that opens the backup: a recovery key of its own, made for drills, is \
            best ('vaultctl keyslot add --recipient'). The exit status says what was found; 19 \
            means that a broken backup was not noticed, and that the drill proves nothing. With \
            --ledger the report is signed and added to a ledger that cannot be bent, and a newest \
            archive that is older than one seen before is noticed.

            EXAMPLES
              vaultctl drill run --backups /backup --recovery-key drill.key
              vaultctl drill run --backups /backup --recovery-key drill.key \\
                  --ledger /var/lib/vault-drill --report report.json
              vaultctl drill run --backups /backup --level V1
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var drill: DrillOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions

    @Option(
        name: .long, help: ArgumentHelp("Write the report here, as JSON.", valueName: "file"),
        completion: .file())
    var report: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --ledger: write its history here, as a page to look at.", valueName: "file"),
        completion: .file())
    var html: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --ledger: write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    func validate() throws {
        try opening.check(with: credential)
        let needsKey = [.open, .restore, .hostile].contains(drill.level)
        guard !needsKey || ArchiveCredential.isGiven(credential, opening) else {
            throw CommandFailure(
                .usage, "a drill needs a key that opens the backup",
                nextStep: "give --recovery-key, --keyfile, --passphrase-file or --share, or "
                    + "--level V1")
        }
    }

    func perform() async throws -> ExitStatus {
        let runner = DrillRunner(drill, credential, opening, liveSocket: liveSocket)
        do {
            if let path = drill.ledger {
                var ledger = try LedgerPlace.open(path)
                await runner.run(highestSeen: ledger.state.highestSequence)
                var report = runner.report
                var findings = ledger.state.findings
                report.findings = findings.take(report.cases, at: report.ended)
                try ledger.append(.drill(report), at: report.ended)
                if let html { try LedgerPlace.write(LedgerPlace.page(ledger), to: html) }
                if let metrics {
                    try LedgerPlace.write(DrillMetrics(ledger.state), to: metrics)
                }
                return try finish(report)
            }
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
        await runner.run(highestSeen: [:])
        let result = runner.report
        if let html { try LedgerPlace.write(Self.page(result), to: html) }
        return try finish(result)
    }

    /// A page of this drill alone, in a ledger that nobody keeps.
    private static func page(_ report: DrillReport) throws -> String {
        let scratch = try ScratchDirectory(in: nil)
        var ledger = try LedgerPlace.open(scratch.path)
        try ledger.append(.drill(report), at: report.ended)
        return LedgerPlace.page(ledger)
    }

    /// The live vault is looked at where there is one.
    private var liveSocket: String? {
        if let socket = options.socket { return socket }
        if let path = getenv("VAULTD_SOCKET") { return String(cString: path) }
        var status = stat()
        return lstat(GlobalOptions.defaultSocket, &status) == 0
            ? GlobalOptions.defaultSocket : nil
    }

    private func finish(_ result: DrillReport) throws -> ExitStatus {
        if let path = report { try LedgerPlace.write(result.text + "\n", to: path) }
        var output = StandardOutput()
        switch options.output {
        case .table: try output.write(DrillListing.table(result))
        case .json: try output.write(result.text + "\n")
        }
        try output.flush()
        guard result.exit != 0 else { return .done }
        throw CommandFailure(
            ExitStatus(rawValue: result.exit) ?? .failed,
            "the drill says \(result.verdict): \(result.reasons.first ?? "see the report")",
            nextStep: "run it again with --seed \(result.seed) to see the same")
    }
}
