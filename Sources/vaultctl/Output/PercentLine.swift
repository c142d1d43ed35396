/// One line on a terminal that says how far something is.
final class PercentLine {
    private let what: String
    private let isShown = StandardError.isTerminal
    private var shown: Int64 = -1

    init(what: String) {
        self.what = what
    }

    func show(_ done: Int64, of total: Int64) {
        guard isShown, total > 0, done < total else { return }
        let percent = done * 100 / total
        guard percent != shown else { return }
        shown = percent
        // CSI K clears what a longer line left behind.
        StandardError.write("\r\(what): \(percent) %\u{1b}[K")
    }

    func clear() {
        guard shown >= 0 else { return }
        StandardError.write("\r\u{1b}[K")
        shown = -1
    }
}
