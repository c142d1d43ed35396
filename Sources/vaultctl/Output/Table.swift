/// Columns that line up. Cells are escaped by whoever makes them.
struct Table {
    enum Alignment { case left, right }

    struct Column {
        let title: String
        var alignment = Alignment.left
    }

    /// A cell longer than this does not widen its column: the line grows instead of all lines.
    static let columnWidthMax = 60

    private let columns: [Column]
    private var widths: [Int]

    init(_ columns: [Column]) {
        self.columns = columns
        self.widths = columns.map(\.title.count)
    }

    /// The titles and all rows.
    mutating func rendered(_ rows: [[String]]) -> String {
        fit(rows)
        return header() + lines(rows)
    }

    /// Widens the columns for these rows; later pages keep at least that width.
    mutating func fit(_ rows: [[String]]) {
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], min(cell.count, Self.columnWidthMax))
            }
        }
    }

    func header() -> String { line(columns.map(\.title)) }

    func lines(_ rows: [[String]]) -> String {
        rows.reduce(into: "") { $0 += line($1) }
    }

    private func line(_ cells: [String]) -> String {
        var result = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            if index > 0 { result += "  " }
            result += columns[index].alignment == .right ? padding + cell : cell + padding
        }
        while result.last == " " { result.removeLast() }
        return result + "\n"
    }
}
