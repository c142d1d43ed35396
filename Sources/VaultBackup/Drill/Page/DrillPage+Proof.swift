extension DrillPage {
    /// What the last drill proved, and what it did not.
    func writeProof(to html: inout HTMLWriter) {
        guard let report = last else { return }
        html.element("h2", text: "The last drill")
        html.element("p", ["class": "soft"]) { html in
            html.text(
                "\(report.id), level \(report.level.rawValue), \(PageFormat.minute(report.started))"
                    + " (\(PageFormat.age(of: report.started, now: now))), on \(report.host), "
                    + "\(report.binary), by \(report.trigger), seed \(report.seed).")
            if let backup = report.backup {
                html.text(
                    " Archive \(backup.sequence) (\(backup.selection), timeline "
                        + "\(backup.timeline), revisions \(backup.firstRevision) to "
                        + "\(backup.lastRevision), \(PageFormat.bytes(backup.byteCount)) in "
                        + "\(PageFormat.counted(Int64(backup.archiveCount), "archive"))).")
            }
        }
        html.element("div", ["class": "two"]) { html in
            list(
                "Proven", ("✓", "good"), proven(report), none: "Nothing was proven.", to: &html)
            list(
                "Not proven", ("✗", "bad"), notProven(report),
                none: "Nothing was left open.", to: &html)
        }
        if let keys = report.keys {
            html.element("h2", text: "Keys")
            html.element("div", ["class": "panel"]) { html in
                html.element("p", text: "Opened with \(keys.openedWith).")
                let others = keys.wouldOpen.joined(separator: ", ")
                html.element(
                    "p", text: "Would also open: \(others.isEmpty ? "no other key" : others).")
                html.element(
                    "p",
                    text: state.offlineKeyProven.map {
                        "The offline key was last proven on \(UTCTime.day($0)), "
                            + "\(PageFormat.age(of: $0, now: now))."
                    } ?? "The offline key was never proven: hold a ceremony (D3).")
                if let report = state.last(.ceremony, good: true), let held = report.ceremony {
                    html.element("p", text: text(held, report))
                }
            }
        }
    }

    private func text(_ held: DrillReport.Ceremony, _ report: DrillReport) -> String {
        "Last held by \(held.operators.joined(separator: ", ")) on \(UTCTime.day(report.started)): "
            + "the key was there after \(PageFormat.duration(milliseconds: held.keyMilliseconds))"
            + (held.isAuthorPresent ? ", with an author of the runbook." : ".")
    }

    private func proven(_ report: DrillReport) -> [String] {
        report.cases.filter { $0.exit == 0 && !isControl($0) }.map { CheckText.step($0.check) }
    }

    private func notProven(_ report: DrillReport) -> [String] {
        var open = report.reasons
        let parts: [(Bool, String)] = [
            (report.counts == nil, "Records were not counted."),
            (report.stateHash == nil, "The state's hash was not compared."),
            (report.policy == nil, "Decisions of access were not asked again."),
            (report.audit == nil, "The audit log was not followed."),
            (report.resurrected == nil, "Nobody looked for deleted records that came back."),
            (report.live?.isUntouched != true, "That the live vault is untouched is not shown."),
            (!report.stagingRemoved, "That the scratch directory is gone is not shown."),
        ]
        open += parts.filter(\.0).map(\.1)
        return open
    }

    /// "N14", "N2/catalogue"
    private func isControl(_ item: DrillCase) -> Bool {
        let name = item.check.prefix { $0 != "/" }
        return name.hasPrefix("N") && name.dropFirst().allSatisfy(\.isNumber)
            && name.count > 1
    }

    private func list(
        _ title: String, _ mark: (String, String), _ lines: [String], none: String,
        to html: inout HTMLWriter
    ) {
        html.element("div", ["class": "panel"]) { html in
            html.element("p", text: title)
            guard !lines.isEmpty else {
                return html.element("p", ["class": "soft"], text: none)
            }
            html.element("ul") { html in
                for line in lines {
                    html.element("li") { html in
                        html.element("b", ["class": mark.1], text: mark.0)
                        html.text(line)
                    }
                }
            }
        }
    }

    /// The negative controls of the last drill that had any.
    func writeControls(to html: inout HTMLWriter) {
        html.element("h2", text: "Negative controls")
        guard let report = state.reports.last(where: { $0.cases.contains(where: isControl) })
        else {
            html.element(
                "p", ["class": "soft"],
                text: "None were run: whether a broken backup would be noticed is not known.")
            return
        }
        html.element(
            "p", ["class": "soft"],
            text: "Backups broken on purpose, \(PageFormat.minute(report.started)): each must be "
                + "refused. \(report.negative.detected) of \(report.negative.run) were.")
        html.element("div", ["class": "panel"]) { html in
            html.element("ul") { html in
                for group in controlGroups(report) { write(group, to: &html) }
            }
        }
    }

    /// Controls of one kind, told together.
    private func controlGroups(_ report: DrillReport) -> [[DrillCase]] {
        let controls = report.cases.filter(isControl)
        let groups = Dictionary(grouping: controls) { CheckText.group(of: $0.check) }
        return groups.values.sorted {
            (Int($0[0].check.dropFirst().prefix { $0.isNumber }) ?? 0)
                < (Int($1[0].check.dropFirst().prefix { $0.isNumber }) ?? 0)
        }
    }

    private func write(_ group: [DrillCase], to html: inout HTMLWriter) {
        let noticed = group.count { $0.exit == 0 }
        let isUnknown = noticed < group.count && group.allSatisfy { [0, 23].contains($0.exit) }
        let (mark, kind) =
            noticed == group.count ? ("✓", "good") : (isUnknown ? ("?", "warn") : ("✗", "bad"))
        let name = CheckText.group(of: group[0].check)
        var text = "\(name): \(CheckText.control(name))"
        if group.count > 1 { text += ", \(noticed) of \(group.count)" }
        if noticed < group.count {
            let missed = group.filter { $0.exit != 0 }.map(\.check).joined(separator: ", ")
            text += isUnknown ? "; not run: \(missed)" : "; missed: \(missed)"
        }
        html.element("li") { html in
            html.element("b", ["class": kind], text: mark)
            html.text(text)
        }
    }
}
