/// One line on a terminal that says what a drill is doing.
final class DrillLine {
    private let isShown = StandardError.isTerminal

    func show(_ what: String) {
        if isShown { StandardError.write("\rdrill: \(what)\u{1b}[K") }
    }

    func clear() {
        if isShown { StandardError.write("\r\u{1b}[K") }
    }
}
