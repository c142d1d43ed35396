import VaultAccess

/// What was found in an audit log, for people and for programs.
enum AuditVerifyReport {
    static func table(_ report: AuditReport) -> String {
        var text = ""
        if !report.problems.isEmpty {
            var table = Table([
                Table.Column(title: "FILE"), Table.Column(title: "LINE", alignment: .right),
                Table.Column(title: "PROBLEM"), Table.Column(title: "LINES CONCERNED"),
            ])
            text += table.rendered(
                report.problems.map { problem in
                    [
                        TerminalText.escaped(problem.file.utf8), "\(problem.line)",
                        problem.kind.rawValue, numbers(problem.sequences),
                    ]
                })
            text += "\n"
        }
        return text + fields(report)
    }

    private static func fields(_ report: AuditReport) -> String {
        var fields = FieldList()
        fields.add("lines", lines(report))
        let lines = Quantity.count(Int64(report.macCount), "line")
        fields.add(
            "macs",
            report.isAuthenticated
                ? "checked: \(lines), and none of the last \(report.unauthenticatedTail)"
                : "not checked: give --data-dir and a key")
        fields.add(
            "end",
            report.isEndChecked
                ? "compared with audit.head"
                : "not checked: without audit.head, lines missing at the end are not seen")
        for (index, incident) in report.incidents.enumerated() {
            fields.add(
                index == 0 ? "vaultd says" : "",
                "line \(incident.sequence): " + TerminalText.escaped(incident.text.utf8))
        }
        fields.add(
            "result", report.isIntact ? "as vaultd wrote it" : problems(report))
        return fields.rendered()
    }

    private static func lines(_ report: AuditReport) -> String {
        let files = Quantity.count(Int64(report.files.count), "file")
        guard let first = report.firstSequence, let last = report.lastSequence else {
            return "\(report.lineCount), in \(files)"
        }
        return "\(report.lineCount), numbers \(first) to \(last), in \(files)"
    }

    private static func problems(_ report: AuditReport) -> String {
        let count = Quantity.count(Int64(report.problemCount), "problem")
        let hidden = report.problemCount - report.problems.count
        return hidden > 0 ? "\(count), of which \(hidden) are not listed" : count
    }

    private static func numbers(_ range: ClosedRange<UInt64>?) -> String {
        guard let range else { return "-" }
        return range.count == 1
            ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    static func write(_ report: AuditReport, to json: inout JSONWriter) {
        json.object { json in
            json.field("intact", report.isIntact)
            json.field("lines", report.lineCount)
            number("first_seq", report.firstSequence, &json)
            number("last_seq", report.lastSequence, &json)
            json.field("macs_checked", report.isAuthenticated)
            json.field("lines_with_mac", report.macCount)
            json.field("lines_after_last_mac", report.unauthenticatedTail)
            json.field("end_checked", report.isEndChecked)
            json.field("files") { json in report.files.forEach { json.string($0) } }
            json.field("problem_count", report.problemCount)
            json.field("problems") { json in
                for problem in report.problems { write(problem, to: &json) }
            }
            json.field("incidents") { json in
                for incident in report.incidents {
                    json.object {
                        $0.field("file", incident.file)
                        $0.field("line", incident.line)
                        $0.field("seq", incident.sequence)
                        $0.field("text", incident.text)
                    }
                }
            }
        }
    }

    private static func write(_ problem: AuditProblem, to json: inout JSONWriter) {
        json.object { json in
            json.field("file", problem.file)
            json.field("line", problem.line)
            json.field("problem", problem.kind.rawValue)
            number("from_seq", problem.sequences?.lowerBound, &json)
            number("to_seq", problem.sequences?.upperBound, &json)
            json.field("line_count", problem.lineCount)
        }
    }

    private static func number(
        _ name: String, _ value: UInt64?, _ json: inout JSONWriter
    ) {
        json.name(name)
        if let value { json.number(value) } else { json.null() }
    }
}
