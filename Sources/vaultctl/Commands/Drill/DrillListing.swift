import VaultBackup

/// A report of a drill for people.
enum DrillListing {
    static func table(_ report: DrillReport) -> String {
        var fields = FieldList()
        fields.add("verdict", report.verdict + (report.exit == 0 ? "" : ", exit \(report.exit)"))
        fields.add("level", "\(report.level.rawValue), seed \(report.seed)")
        if let backup = report.backup {
            fields.add(
                "backup",
                "number \(backup.sequence), up to revision \(backup.lastRevision), "
                    + "\(Quantity.bytes(backup.byteCount)) in "
                    + Quantity.count(Int64(backup.archiveCount), "archive"))
        }
        if let backup = report.backup, backup.selection != "LATEST" {
            fields.add("chosen", backup.selection == "OLDEST" ? "the oldest" : "by chance")
        }
        if let keys = report.keys { fields.add("opened by", keys.openedWith) }
        if let rpo = report.rpo {
            fields.add(
                "rpo",
                "\(rpo.seconds) s and \(Quantity.count(rpo.revisions, "revision")) would be lost, "
                    + "\(rpo.targetSeconds) s are allowed")
            if rpo.worstGapSeconds > 0 {
                fields.add("worst gap", Quantity.seconds(rpo.worstGapSeconds) + " between backups")
            }
        }
        if let rto = report.rto {
            let phases = rto.phases.map { "\($0.name) \($0.milliseconds)" }
            fields.add(
                "rto",
                "\(rto.totalMilliseconds) ms to the first read, \(rto.targetMilliseconds) are "
                    + "allowed (\(phases.joined(separator: ", ")))")
        }
        if let history = report.history { fields.add("restores", text(history)) }
        if let counts = report.counts {
            fields.add(
                "read",
                "\(counts.records) records, \(counts.keys) keys compared, "
                    + "\(counts.policies) decisions of access")
        }
        if [.restore, .hostile, .goBack].contains(report.level) {
            let live = report.live.map {
                $0.isUntouched ? "as it was before" : "another than before"
            }
            fields.add("live", live ?? "not looked at")
        }
        fields.add("steps", "\(report.cases.count(where: { !$0.check.hasPrefix("N") })) run")
        if report.negative.run > 0 {
            fields.add(
                "controls", "\(report.negative.detected) of \(report.negative.run) noticed")
        }
        // What was not come to, after something failed, is no news.
        let isFailed = report.exit != 0 && report.exit != 23
        let wrong = report.reasons.filter { !isFailed || !$0.hasSuffix(" was not run") }
        for (index, reason) in wrong.enumerated() {
            fields.add(index == 0 ? "wrong" : "", TerminalText.escaped(reason.utf8))
        }
        let left = report.reasons.count - wrong.count
        if left > 0 { fields.add("", "and \(left) steps and controls were not come to") }
        for (index, finding) in report.findings.filter(\.isOpen).enumerated() {
            fields.add(index == 0 ? "findings" : "", "\(finding.id) \(finding.check)")
        }
        return fields.rendered()
    }

    /// "half within 1.2 s, 95 % within 2.0 s, of 10; at twice the data 2.1 s, in time"
    static func text(_ history: RecoveryStatistics) -> String {
        "half within \(seconds(history.medianMilliseconds)), 95 % within "
            + "\(seconds(history.highMilliseconds)), of \(history.samples); at twice the data "
            + "\(seconds(history.doubledMilliseconds)), "
            + (history.isRoomToGrow ? "in time" : "too late")
    }

    /// "55 ms", "1.2 s"
    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds < 1_000
            ? "\(milliseconds) ms" : "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
    }
}
