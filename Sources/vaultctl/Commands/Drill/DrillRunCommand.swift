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
            archive that is older than one seen before is noticed. A timer says --trigger and \
            --every: the next run notes those that were missed, and 'drill status' tells when one \
            is due. D4 goes back to the oldest archive that is kept.

            EXAMPLES
              vaultctl drill run --backups /backup --recovery-key drill.key
              vaultctl drill run --backups /backup --recovery-key drill.key \\
                  --ledger /var/lib/vault-drill --report report.json
              vaultctl drill run --backups /backup --level V1
              vaultctl drill run --backups /backup --level D4 --keyfile vault.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var drill: DrillOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions
    @OptionGroup var outputs: DrillOutputs

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How far to go: V1 reads every byte, V2 opens every record, D1 restores and reads, "
                + "D2 also breaks copies in every way; D4 restores the oldest archive.",
            valueName: "level"))
    var level: Level = .hostile

    @Option(name: .long, help: "Which archive: latest, random or oldest.")
    var select: DrillSelection?

    @Option(name: .long, help: "Every random choice comes from it (default: a new one).")
    var seed: Int64?

    @Option(name: .long, help: "What has started it: timer, manual or missed-run.")
    var trigger: Trigger = .manual

    @Option(
        name: .long,
        help: ArgumentHelp("The next drill of this level is due so much later.", valueName: "span"))
    var every: TimeSpan?

    /// The levels that a command can run by itself.
    enum Level: String, CaseIterable, ExpressibleByArgument {
        case catalogue = "V0"
        case scrub = "V1"
        case open = "V2"
        case restore = "D1"
        case hostile = "D2"
        case goBack = "D4"
    }

    /// Who runs a drill.
    enum Trigger: String, CaseIterable, ExpressibleByArgument {
        case timer, manual
        case missedRun = "missed-run"
    }

    private var plan: DrillPlan {
        var plan = DrillPlan()
        plan.level = DrillLevel(rawValue: level.rawValue) ?? .hostile
        plan.selection = select ?? (level == .goBack ? .oldest : .latest)
        plan.trigger = trigger.rawValue
        return plan
    }

    func validate() throws {
        try opening.check(with: credential)
        guard !plan.isOpening || KeptKey.isGiven(credential, opening) else {
            throw CommandFailure(
                .usage, "a drill needs a key that opens the backup",
                nextStep: "give --recovery-key, --keyfile, --passphrase-file or --share, or "
                    + "--level V1")
        }
        guard level != .goBack || select ?? .oldest == .oldest else {
            throw CommandFailure(
                .usage, "level D4 is about the oldest archive",
                nextStep: "leave --select out, or --level"
            )
        }
        guard every == nil || drill.ledger != nil && every?.seconds ?? 0 > 0 else {
            throw CommandFailure(
                .usage, "--every is 1s or more, and remembered in a ledger",
                nextStep: "give --ledger, too")
        }
    }

    func perform() async throws -> ExitStatus {
        let keeper = DrillKeeper(drill, outputs)
        let (report, _) = try await keeper.run(plan, every: every) { plan in
            DrillRunner(
                drill, plan, seed: seed, liveSocket: liveSocket, voice: DrillLine()
            ) { () throws(CommandFailure) in try KeptKey.read(credential, opening) }
        }
        return try finish(report)
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
