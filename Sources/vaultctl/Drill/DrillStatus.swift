import VaultBackup

/// What a ledger and the ends of archives say about the state of things.
struct DrillStatus {
    let state: LedgerState
    /// Milliseconds since 1970; nil without a whole archive.
    private let newestBackup: Int64?
    /// The longest time between two backups that are kept, milliseconds.
    private let worstGap: Int64?
    private let now: Int64
    private let schedule: DrillSchedule
    private let history: RecoveryStatistics?
    /// When people last proved the offline key; nil for never.
    let keyProven: Int64?

    /// - Parameter ceremonies: what the ledger says of people who drilled on another machine.
    init(
        _ state: LedgerState, ceremonies: LedgerState? = nil, newestBackup: Int64?,
        worstGap: Int64?, now: Int64
    ) {
        self.state = state
        keyProven = [state, ceremonies].compactMap { $0?.offlineKeyProven }.max()
        self.newestBackup = newestBackup
        self.worstGap = worstGap
        self.now = now
        schedule = DrillSchedule(state)
        history = RecoveryStatistics(state.reports)
    }

    /// When a drill with a restore last passed.
    private var newestDrill: Int64? {
        [DrillLevel.restore, .hostile, .ceremony]
            .compactMap { state.last($0, good: true)?.ended }.max()
    }

    /// Everything that should be otherwise, a sentence each.
    ///
    /// - Parameters: in milliseconds; nil for those that may be of any age.
    func overdue(
        backupAge: Int64, drillAge: Int64, goBackAge: Int64?, keyAge: Int64?
    ) -> [String] {
        var rule = FreshnessRule(backupAgeMax: backupAge, drillAgeMax: [.restore: drillAge])
        rule.drillAgeMax[.goBack] = goBackAge
        var newest = newestDrill.map { [DrillLevel.restore: $0] } ?? [:]
        newest[.goBack] = state.last(.goBack, good: true)?.ended
        var found = rule.overdue(now: now, newestBackup: newestBackup, newestDrill: newest)
        found += schedule.overdue(now: now)
        if let keyAge {
            if keyProven.map({ now - $0 > keyAge }) ?? true {
                found.append(
                    (keyProven.map { "the offline key was last proven on \(Quantity.time($0))" }
                        ?? "the offline key was never proven") + ": hold 'vaultctl drill ceremony'")
            }
        }
        found += state.findings.open.filter { $0.severity == .high }
            .map { "finding \($0.id) is open: \($0.check)" }
        return found
    }

    private var missedRuns: Int { state.missed.reduce(0) { $0 + $1.count } }

    /// For people.
    func table(_ overdue: [String]) -> String {
        var fields = FieldList()
        fields.add("backup", newestBackup.map { Quantity.time($0) } ?? "none")
        if let worstGap, worstGap >= 1_000 {
            fields.add("gap", "\(Quantity.seconds(worstGap / 1_000)) between backups, the longest")
        }
        fields.add("drill", newestDrill.map { Quantity.time($0) } ?? "none that passed")
        if let oldest = state.last(.goBack, good: true) {
            fields.add("oldest", "restored on \(Quantity.time(oldest.ended))")
        }
        for entry in schedule.entries {
            fields.add(
                "next",
                "\(entry.level.rawValue) on \(Quantity.time(entry.due)), every "
                    + Quantity.seconds(entry.interval / 1_000))
        }
        if missedRuns > 0 {
            let last = state.missed.last.map { ", the last on \(Quantity.time($0.due))" } ?? ""
            fields.add("missed", Quantity.count(Int64(missedRuns), "run") + last)
        }
        if let history { fields.add("restore", DrillListing.text(history)) }
        fields.add(
            "key",
            keyProven.map { "proven on \(Quantity.time($0))" }
                ?? "the offline one was never proven")
        for (index, text) in overdue.enumerated() {
            fields.add(index == 0 ? "overdue" : "", TerminalText.escaped(text.utf8))
        }
        return fields.rendered()
    }

    func write(_ overdue: [String], to json: inout JSONWriter) {
        json.object { json in
            json.field("ok", overdue.isEmpty)
            json.field("backup_ms", newestBackup ?? 0)
            json.field("worst_gap_ms", worstGap ?? 0)
            json.field("drill_ms", newestDrill ?? 0)
            json.field("go_back_ms", state.last(.goBack, good: true)?.ended ?? 0)
            json.field("missed", missedRuns)
            json.field("next") { json in
                for entry in schedule.entries {
                    json.object {
                        $0.field("level", entry.level.rawValue)
                        $0.field("due_ms", entry.due)
                        $0.field("every_s", entry.interval / 1_000)
                    }
                }
            }
            json.field("rto_samples", history?.samples ?? 0)
            json.field("rto_p50_ms", history?.medianMilliseconds ?? 0)
            json.field("rto_p95_ms", history?.highMilliseconds ?? 0)
            json.field("rto_at_twice_ms", history?.doubledMilliseconds ?? 0)
            json.field("offline_key_proven_ms", keyProven ?? 0)
            json.field("overdue") { json in overdue.forEach { json.string($0) } }
        }
    }
}
