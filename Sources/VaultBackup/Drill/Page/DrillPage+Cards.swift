extension DrillPage {
    /// What a loss at the worst moment would have cost.
    private static func worstGap(_ rpo: DrillReport.RecoveryPoint) -> String {
        guard rpo.worstGapSeconds > 0 else { return "" }
        return "; longest time between backups "
            + PageFormat.duration(milliseconds: rpo.worstGapSeconds * 1000)
    }

    /// The last numbers, large.
    func writeCards(to html: inout HTMLWriter) {
        html.element("div", ["class": "cards"]) { html in
            if let rto = last?.rto {
                card(
                    "Time to restore (RTO)",
                    PageFormat.duration(milliseconds: rto.totalMilliseconds),
                    rto.totalMilliseconds <= rto.targetMilliseconds,
                    "target \(PageFormat.duration(milliseconds: rto.targetMilliseconds))",
                    to: &html)
            }
            if let history = RecoveryStatistics(state.reports) {
                card(
                    "At twice the data",
                    PageFormat.duration(milliseconds: history.doubledMilliseconds),
                    history.isRoomToGrow,
                    "\(PageFormat.counted(Int64(history.samples), "restore")): half within "
                        + PageFormat.duration(milliseconds: history.medianMilliseconds)
                        + ", 95 % within "
                        + PageFormat.duration(milliseconds: history.highMilliseconds), to: &html)
            }
            if let rpo = last?.rpo {
                card(
                    "Would be lost (RPO)", PageFormat.duration(milliseconds: rpo.seconds * 1000),
                    rpo.seconds <= rpo.targetSeconds,
                    "\(PageFormat.counted(rpo.revisions, "revision")); target "
                        + PageFormat.duration(milliseconds: rpo.targetSeconds * 1000)
                        + Self.worstGap(rpo), to: &html)
            }
            if let negative = state.reports.last(where: { $0.negative.run > 0 })?.negative {
                card(
                    "Broken backups noticed", "\(negative.detected) of \(negative.run)",
                    negative.detected == negative.run, "negative controls", to: &html)
            }
            let open = state.findings.open.count
            card(
                "Open findings", "\(open)", open == 0,
                "\(state.findings.all.count - open) closed", to: &html)
            let runs = state.missed.reduce(0) { $0 + $1.count }
            card(
                "Missed runs", "\(runs)", runs == 0,
                state.missed.last.map { "last \(UTCTime.day($0.due))" } ?? "none", to: &html)
            card(
                "Offline key proven",
                state.offlineKeyProven.map { PageFormat.age(of: $0, now: now) } ?? "never",
                state.offlineKeyProven != nil,
                state.offlineKeyProven.map { "on \(UTCTime.day($0))" } ?? "hold a ceremony",
                to: &html)
        }
    }

    private func card(
        _ name: String, _ value: String, _ isGood: Bool, _ note: String,
        to html: inout HTMLWriter
    ) {
        html.element("dl", ["class": "card"]) { html in
            html.element("dt", text: name)
            html.element("dd", ["class": isGood ? "value" : "value bad"], text: value)
            html.element("dd", text: note)
        }
    }

    /// Restore time and loss over the drills that measured them.
    func writeTrends(to html: inout HTMLWriter) {
        html.element("h2", text: "Over time")
        html.element("div", ["class": "two"]) { html in
            html.element("div", ["class": "panel"]) { html in
                html.element("p", text: "Time to restore")
                let points = state.reports.compactMap { report in
                    report.rto.map { rto in
                        TrendChart.Point(
                            value: rto.totalMilliseconds, label: UTCTime.day(report.started),
                            isGood: rto.totalMilliseconds <= rto.targetMilliseconds)
                    }
                }
                TrendChart(
                    title: "Time to restore", points: points,
                    target: last?.rto?.targetMilliseconds ?? 0,
                    format: { PageFormat.duration(milliseconds: $0) }
                ).write(to: &html)
            }
            html.element("div", ["class": "panel"]) { html in
                html.element("p", text: "What would be lost")
                let points = state.reports.compactMap { report in
                    report.rpo.map { rpo in
                        TrendChart.Point(
                            value: rpo.seconds, label: UTCTime.day(report.started),
                            isGood: rpo.seconds <= rpo.targetSeconds)
                    }
                }
                TrendChart(
                    title: "What would be lost", points: points,
                    target: last?.rpo?.targetSeconds ?? 0,
                    format: { PageFormat.duration(milliseconds: $0 * 1000) }
                ).write(to: &html)
            }
        }
    }
}
