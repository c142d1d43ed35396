import VaultBackup

/// One line on a terminal that says what a drill is doing.
final class DrillLine: DrillVoice {
    private let isShown = StandardError.isTerminal

    func begins(_ check: String) {
        if isShown { StandardError.write("\rdrill: \(check)\u{1b}[K") }
    }

    func ended(_ outcome: StepOutcome, milliseconds: Int64) {}

    func clear() {
        if isShown { StandardError.write("\r\u{1b}[K") }
    }
}
