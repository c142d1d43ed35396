import VaultBackup

/// Runs drills and remembers them: in the ledger, in reports, pages and metrics.
struct DrillKeeper {
    private let options: DrillOptions
    private let outputs: DrillOutputs

    init(_ options: DrillOptions, _ outputs: DrillOutputs) {
        self.options = options
        self.outputs = outputs
    }

    /// Runs what `make` makes of the plan, with what the ledger knows. Returns the report, and
    /// where the ledger is with it.
    ///
    /// - Parameter every: when the next drill is due.
    func run(
        _ plan: DrillPlan, every: TimeSpan? = nil,
        _ make: (DrillPlan) throws -> DrillRunner
    ) async throws -> (report: DrillReport, head: LedgerHead?) {
        do {
            guard let path = options.ledger else {
                let runner = try make(plan)
                await runner.run()
                var report = runner.report
                report.history = RecoveryStatistics([report])
                try write(report)
                if let html = outputs.html { try Self.write(page: report, to: html) }
                return (report, nil)
            }
            var ledger = try LedgerPlace.open(path)
            let report = try await run(plan, every: every, in: &ledger, make)
            try write(report)
            if let html = outputs.html {
                try LedgerPlace.write(LedgerPlace.page(ledger), to: html)
            }
            if let metrics = outputs.metrics {
                try LedgerPlace.write(DrillMetrics(ledger.state), to: metrics)
            }
            return (report, ledger.position)
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
    }

    private func run(
        _ plan: DrillPlan, every: TimeSpan?, in ledger: inout DrillLedger,
        _ make: (DrillPlan) throws -> DrillRunner
    ) async throws -> DrillReport {
        var plan = plan
        let state = ledger.state
        plan.highestSeen = state.highestSequence
        plan.knownSigners = options.isNewVault ? [] : state.signers
        plan.timerSlots = { state.timerSlots(storeID: $0) }
        let now = Machine.wallClock()
        // Before the drill, which may fail or be killed: the evidence has no holes.
        let missed = DrillSchedule(state).entries.filter { $0.level == plan.level }
            .flatMap { $0.missed(now: now) }
        try ledger.append(missed, at: now)
        if !missed.isEmpty, plan.trigger == "timer" { plan.trigger = "missed-run" }
        let runner = try make(plan)
        await runner.run()
        var report = runner.report
        report.everySeconds = every?.seconds
        var findings = state.findings
        report.findings = findings.take(report.cases, at: report.ended)
        report.history = RecoveryStatistics(state.reports + [report])
        try ledger.append(.drill(report), at: report.ended)
        return report
    }

    private func write(_ report: DrillReport) throws(CommandFailure) {
        guard let path = outputs.report else { return }
        try LedgerPlace.write(report.text + "\n", to: path)
    }

    /// A page of this drill alone, in a ledger that nobody keeps.
    private static func write(page report: DrillReport, to path: String) throws {
        let scratch = try ScratchDirectory(in: nil)
        var ledger = try LedgerPlace.open(scratch.path)
        try ledger.append(.drill(report), at: report.ended)
        try LedgerPlace.write(LedgerPlace.page(ledger), to: path)
    }
}
