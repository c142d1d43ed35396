import VaultAPI

/// One line on a terminal that changes while the vault is opened.
final class ProgressLine {
    private let isShown = StandardError.isTerminal
    private var isDirty = false

    func show(_ report: Vault_V1_UnsealProgress) {
        guard isShown, !report.finished else { return }
        // CSI K clears what a longer line left behind.
        StandardError.write("\r" + Self.text(report) + "\u{1b}[K")
        isDirty = true
    }

    func clear() {
        guard isDirty else { return }
        StandardError.write("\r\u{1b}[K")
        isDirty = false
    }

    /// "verifying records: 42 % (420 of 1000)"
    static func text(_ report: Vault_V1_UnsealProgress) -> String {
        let phase = TerminalText.escaped(report.phase.utf8)
        guard report.total > 0 else { return phase }
        let done = min(report.done, report.total)
        let percent = done.multipliedFullWidth(by: 100)
        return "\(phase): \(report.total.dividingFullWidth(percent).quotient) %"
            + " (\(done) of \(report.total))"
    }
}
