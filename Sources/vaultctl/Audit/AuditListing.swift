/// Lines of the audit log as a table, or as they are.
struct AuditListing {
    private let format: OutputFormat
    private let isTerminal: Bool
    /// What stands for the key that the lines have to name; nil for all lines.
    private let hash: String?
    private var table = Table([
        .init(title: "TIME"), .init(title: "WHO"), .init(title: "METHOD"), .init(title: "ABOUT"),
        .init(title: "DECISION"), .init(title: "STATUS"),
    ])
    private var isFirst = true
    private var last: UInt64?

    init(format: OutputFormat, isTerminal: Bool, hash: String? = nil) {
        self.format = format
        self.isTerminal = isTerminal
        self.hash = hash
    }

    /// Whether a line is to be shown.
    func shows(_ line: [UInt8]) -> Bool {
        guard let hash else { return true }
        return AuditLine(line)?.names(hash) ?? false
    }

    /// Lines that follow each other, without those that are not to be shown.
    mutating func render(_ lines: [[UInt8]]) -> [UInt8] {
        let lines = lines.filter(shows)
        switch format {
        case .json: return lines.flatMap(document)
        case .table:
            guard !lines.isEmpty else { return [] }
            let rows = lines.map { line in
                AuditLine(line)?.cells
                    ?? ["-", "-", "not a line of the log: \(TerminalText.escaped(line))"]
            }
            table.fit(rows.filter { $0.count > 3 })
            defer { isFirst = false }
            return Array(((isFirst ? table.header() : "") + table.lines(rows)).utf8)
        }
    }

    /// What is missing between the lines seen so far and the next ones; nil when nothing is. Has to
    /// be asked about all lines, shown or not.
    mutating func gap(before lines: [[UInt8]]) -> String? {
        var missing: String?
        for number in lines.compactMap({ AuditLine($0)?.seq }) {
            if let last, number > last, number - last > 1, missing == nil {
                missing =
                    number - last == 2
                    ? "line \(last + 1) of the log is missing"
                    : "lines \(last + 1) to \(number - 1) of the log are missing"
            }
            last = number
        }
        return missing
    }

    /// The line as it is. Nothing checks who wrote the file, so at a terminal only harmless text.
    private func document(_ line: [UInt8]) -> [UInt8] {
        guard isTerminal, !TerminalText.isHarmless(line) else { return line + [0x0A] }
        return Array((TerminalText.escaped(line) + "\n").utf8)
    }
}
