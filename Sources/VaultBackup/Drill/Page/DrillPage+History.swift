extension DrillPage {
    /// Rows of the history; the ledger has the rest.
    static let rowsMax = 100

    func writeFindings(to html: inout HTMLWriter) {
        html.element("h2", text: "Findings")
        let all = state.findings.open + state.findings.all.filter { !$0.isOpen }.reversed()
        guard !all.isEmpty else {
            return html.element("p", ["class": "soft"], text: "There were none.")
        }
        table(["Id", "Severity", "Case", "State", "Due", "Owner", "To see it again"], to: &html) {
            for finding in all.prefix(Self.rowsMax) { row(finding, to: &$0) }
        }
    }

    private func row(_ finding: DrillFinding, to html: inout HTMLWriter) {
        html.element("tr") { html in
            html.element("td", ["class": "w"], text: finding.id)
            html.element(
                "td", ["class": finding.isOpen && finding.severity == .high ? "bad" : "plain"],
                text: finding.severity.rawValue)
            html.element("td", text: "\(finding.check), exit \(finding.exit)")
            let state =
                finding.closed.map { "closed \(UTCTime.day($0))" }
                ?? "open since \(UTCTime.day(finding.opened))"
            html.element("td", ["class": finding.isOpen ? "bad" : "good"], text: state)
            let isLate = finding.isOpen && finding.due < now
            html.element(
                "td", ["class": isLate ? "w bad" : "w"],
                text: UTCTime.day(finding.due) + (isLate ? ", late" : ""))
            html.element("td", text: finding.owner)
            html.element("td") { $0.element("code", text: finding.repro) }
        }
    }

    /// Drills and missed runs, the newest first.
    func writeHistory(to html: inout HTMLWriter) {
        html.element("h2", text: "History")
        let drills = state.reports.map { ($0.started, Optional($0), MissedRun?.none) }
        let missed = state.missed.map { ($0.due, DrillReport?.none, Optional($0)) }
        let all = (drills + missed).sorted { $0.0 > $1.0 }
        let titles = ["When", "Level", "Result", "Restore", "Lost", "Controls", "Archive"]
        table(titles, to: &html) { html in
            for (_, report, missed) in all.prefix(Self.rowsMax) {
                if let report { row(report, to: &html) }
                if let missed { row(missed, to: &html) }
            }
        }
        if all.count > Self.rowsMax {
            html.element(
                "p", ["class": "soft"], text: "\(all.count - Self.rowsMax) more in the ledger.")
        }
    }

    private func row(_ report: DrillReport, to html: inout HTMLWriter) {
        html.element("tr") { html in
            html.element("td", ["class": "w"], text: PageFormat.minute(report.started))
            html.element("td", text: report.level.rawValue)
            let kind = report.exit == 0 ? "good" : (report.exit == 23 ? "warn" : "bad")
            html.element(
                "td", ["class": kind],
                text: report.exit == 0 ? "✓ pass" : "✗ \(report.verdict) (\(report.exit))")
            let none = "–"
            html.element(
                "td", ["class": "w"],
                text: report.rto.map { PageFormat.duration(milliseconds: $0.totalMilliseconds) }
                    ?? none)
            html.element(
                "td", ["class": "w"],
                text: report.rpo.map { PageFormat.duration(milliseconds: $0.seconds * 1000) }
                    ?? none)
            let negative = report.negative
            html.element(
                "td", text: negative.run == 0 ? none : "\(negative.detected)/\(negative.run)")
            html.element("td", text: report.backup.map { "\($0.sequence)" } ?? none)
        }
    }

    private func row(_ missed: MissedRun, to html: inout HTMLWriter) {
        html.element("tr") { html in
            html.element("td", ["class": "w"], text: PageFormat.minute(missed.due))
            html.element("td", text: missed.level.rawValue)
            let more = missed.count > 1 ? ", \(missed.count) in a row" : ""
            html.element("td", ["class": "warn", "colspan": "5"], text: "! missed\(more)")
        }
    }

    private func table(
        _ titles: [String], to html: inout HTMLWriter, rows: (inout HTMLWriter) -> Void
    ) {
        html.element("div", ["class": "panel scroll"]) { html in
            html.element("table") { html in
                html.element("thead") { html in
                    html.element("tr") { html in
                        for title in titles { html.element("th", text: title) }
                    }
                }
                html.element("tbody", [:], rows)
            }
        }
    }
}
