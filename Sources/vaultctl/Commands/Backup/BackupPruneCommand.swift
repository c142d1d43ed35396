import ArgumentParser
import VaultBackup
import VaultSeal

/// `vaultctl backup prune`: removes archives that no rule keeps.
struct BackupPruneCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove archives that no rule keeps.",
        discussion: """
            In two steps: an archive is marked first, and removed by a prune after the grace \
            period. Rules are ages, never counts alone, and count back from the newest archive. \
            Chains stay whole; the newest archive that a drill restored stays, and so do --minimum \
            full ones. Nothing is removed when the clock cannot be right (22), or when archives \
            came that are not the vault's, do not follow each other, or are more than a schedule \
            makes (13): look at them, then --confirm. With --drill-ledger nothing is removed \
            before a drill has restored an archive of the same vault, nor when that ledger is \
            gone or has fewer lines than the last prune saw (13).

            EXAMPLES
              vaultctl backup prune /backup --dry-run
              vaultctl backup prune /backup --keep-within-daily 30d --keep-within-monthly 2y
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    @Option(
        name: .long,
        help: ArgumentHelp("Keep everything within this age.", valueName: "age"))
    var keepWithin: TimeSpan?
    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last archive of each hour within this age.", valueName: "age"))
    var keepWithinHourly: TimeSpan?
    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last archive of each day within this age.", valueName: "age"))
    var keepWithinDaily: TimeSpan?
    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last archive of each week within this age.", valueName: "age"))
    var keepWithinWeekly: TimeSpan?
    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last archive of each month within this age.", valueName: "age")
    )
    var keepWithinMonthly: TimeSpan?
    @Option(
        name: .long,
        help: ArgumentHelp("Keep the last archive of each year within this age.", valueName: "age"))
    var keepWithinYearly: TimeSpan?

    @Option(name: .long, help: "Full archives that always stay.")
    var minimum = 3

    @Option(name: .long, help: "Between marking and removing.")
    var grace = TimeSpan(seconds: 86_400)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The ledger of drills: what they proved is kept, and prunes are noted in it.",
            valueName: "directory"),
        completion: .directory)
    var ledger: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The ledger of drills that another user keeps: it is read, and what it proved is kept.",
            valueName: "directory"),
        completion: .directory)
    var drillLedger: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    @Flag(name: .long, help: "Only say what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "What looked wrong was looked at, and is right.")
    var confirm = false

    func validate() throws {
        guard minimum >= 1 else {
            throw CommandFailure(
                .usage, "--minimum is 1 or more", nextStep: "a prune leaves something")
        }
    }

    func perform() async throws -> ExitStatus {
        let here = try ArchiveDirectory(directory)
        do {
            if let problem = here.problems.first { throw problem.error }
            let files = try DirectoryFiles.open(directory)
            let now = Machine.wallClock()
            var input = try input(here, files, now)
            let plan: PrunePlan
            if let ledger {
                var open = try LedgerPlace.open(ledger)
                input.drilledGood = open.state.drilledGood
                input.lastPrune = open.state.lastPrune
                input.newestLedgerTime = open.state.newestTime
                let drills = try readDrills(seen: open.state.drillsSeen, into: &input)
                plan = try run(input, in: files)
                for record in dryRun ? [] : plan.records(at: now, drills: drills) {
                    try open.append(.prune(record), at: now)
                }
            } else {
                _ = try readDrills(seen: nil, into: &input)
                plan = try run(input, in: files)
            }
            try finish(plan, now)
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
        return .done
    }

    /// Decides, and does it.
    private func run(
        _ input: PruneInput, in files: DirectoryFiles
    ) throws(BackupError) -> PrunePlan {
        let plan = try PrunePlan(input)
        if !dryRun { try Pruner.run(plan, now: input.now, in: files) }
        return plan
    }

    /// Adds what the other user's ledger has proven; returns how far it is, if it is to be read.
    ///
    /// - Parameter seen: how far it was at the last prune.
    private func readDrills(
        seen: LedgerHead?, into input: inout PruneInput
    ) throws(BackupError) -> LedgerHead? {
        guard let drillLedger else { return nil }
        input.isProofNeeded = true
        // Confirmed, a new ledger has begun; it has to be a sound one.
        guard let drills = try LedgerPlace.readShared(drillLedger, seen: confirm ? nil : seen)
        else { return LedgerHead() }
        input.drilledGood.formUnion(drills.state.drilledGood)
        input.newestLedgerTime = max(input.newestLedgerTime, drills.state.newestTime)
        return drills.head
    }

    private func input(
        _ here: ArchiveDirectory, _ files: DirectoryFiles, _ now: Int64
    ) throws(BackupError) -> PruneInput {
        var input = PruneInput(here.archives)
        input.rules = rules
        input.limits = PruneLimits(grace: grace.milliseconds, isConfirmed: confirm)
        input.marks = try PruneMarks.read(in: files)
        input.now = now
        return input
    }

    /// The given rules; the standard ones when none is given.
    private var rules: KeepRules {
        let given: [(KeepPeriod, TimeSpan?)] = [
            (.hour, keepWithinHourly), (.day, keepWithinDaily), (.week, keepWithinWeekly),
            (.month, keepWithinMonthly), (.year, keepWithinYearly),
        ]
        guard keepWithin != nil || given.contains(where: { $0.1 != nil }) else {
            return KeepRules(minimum: minimum)
        }
        var periods: [KeepPeriod: Int64] = [:]
        for (period, span) in given { periods[period] = span?.milliseconds }
        return KeepRules(
            everythingWithin: keepWithin?.milliseconds, periods: periods, minimum: minimum)
    }

    private func finish(_ plan: PrunePlan, _ now: Int64) throws {
        if let metrics, !dryRun {
            var values = DrillMetrics()
            values.pruneLastSuccess = now
            try LedgerPlace.write(values, to: metrics)
        }
        var output = StandardOutput()
        switch options.output {
        case .table:
            for action in plan.actions {
                try output.write(Self.text(action, dryRun: dryRun) + "\n")
            }
            for name in plan.orphans {
                try output.write("left alone, a link is missing: \(name)\n")
            }
            for name in plan.held {
                try output.write(
                    "waits for a drill that passes: \(TerminalText.escaped(name.utf8))\n")
            }
            try output.write("\(Quantity.count(Int64(plan.kept.count), "archive")) stay\n")
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.field("dry_run", dryRun)
                json.field("actions") { json in
                    for action in plan.actions { json.object { Self.write(action, to: &$0) } }
                }
                json.field("kept") { json in
                    for (name, reasons) in plan.kept.sorted(by: { $0.key < $1.key }) {
                        json.object {
                            $0.field("file", name)
                            $0.field("why", reasons.joined(separator: " "))
                        }
                    }
                }
                json.field("orphans") { json in plan.orphans.forEach { json.string($0) } }
                json.field("held") { json in plan.held.forEach { json.string($0) } }
            }
            try output.write(document: &json)
        }
        try output.flush()
    }

    private static func text(_ action: PruneAction, dryRun: Bool) -> String {
        let would = dryRun ? "would be " : ""
        return switch action {
        case .mark(let name): "\(would)marked: \(TerminalText.escaped(name.utf8))"
        case .unmark(let name): "\(would)unmarked: \(TerminalText.escaped(name.utf8))"
        case .delete(let name): "\(would)removed: \(TerminalText.escaped(name.utf8))"
        }
    }

    private static func write(_ action: PruneAction, to json: inout JSONWriter) {
        switch action {
        case .mark(let name):
            json.field("action", "mark")
            json.field("file", name)
        case .unmark(let name):
            json.field("action", "unmark")
            json.field("file", name)
        case .delete(let name):
            json.field("action", "delete")
            json.field("file", name)
        }
    }
}
