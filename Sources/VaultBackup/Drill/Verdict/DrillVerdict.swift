/// What a drill as a whole has shown.
///
/// One exit status stands for all that happened, the first of these that occurred:
///
/// 1. 19, blind: a control was missed, so no other result can be believed.
/// 2. Proven losses, the nearest to the data first: 13 integrity, 12 key, 14 chain, 17 mismatch,
///    18 continuity, 24 format, 15 stale.
/// 3. What kept the drill from going on: 22 clock, 21 target, 20 space, then any status that is
///    not in the contract, and 23 inconclusive. Also 23 when something that the level asks for
///    was not run: what was not tried is not passed.
/// 4. Targets: 16 restore time, 25 overdue.
/// 5. 0: every step passed, every control was detected, and there was at least one step.
public struct DrillVerdict: Equatable, Sendable {
    /// The statuses that beat all later ones; others than these come before 23.
    static let precedence: [Int32] = [19, 13, 12, 14, 17, 18, 24, 15, 22, 21, 20, 1, 23, 16, 25]

    /// The exit status of the drill.
    public let exitCode: Int32
    /// Controls that ran to an end.
    public let controlsRun: Int
    /// Those of them that were noticed.
    public let controlsDetected: Int
    /// The names of those that were not, sorted.
    public let missed: [String]
    /// A sentence for everything that is not as it should be, the worst first.
    public let reasons: [String]

    /// - Parameters:
    ///   - requiredChecks: the steps that this level is made of.
    ///   - requiredControls: the controls that it must run, by the part before a "/".
    public init(
        steps: [StepOutcome], controls: [ControlOutcome], requiredChecks: Set<String> = [],
        requiredControls: Set<String> = []
    ) {
        var found = steps.filter { $0.exitCode != 0 }.map { ($0.exitCode, $0.reason ?? "") }
        found += controls.filter { $0.exitCode != 0 }.map { ($0.exitCode, $0.reason ?? "") }
        let unknown = BackupError.inconclusive("").exitCode
        for check in requiredChecks.subtracting(steps.map(\.check)).sorted() {
            found.append((unknown, "\(check) was not run"))
        }
        let names = controls.map { String($0.control.prefix { $0 != "/" }) }
        for control in requiredControls.subtracting(names).sorted() {
            found.append((unknown, "\(control) was not run"))
        }
        if steps.isEmpty { found.append((unknown, "the drill had no steps")) }

        found.sort { (Self.rank($0.0), $0.1) < (Self.rank($1.0), $1.1) }
        exitCode = found.first?.0 ?? 0
        reasons = found.map(\.1)
        controlsRun = controls.count { $0.score != .notRun }
        controlsDetected = controls.count { $0.score == .detected }
        missed = controls.filter { $0.score == .missed }.map(\.control).sorted()
    }

    /// "pass", "fail", "blind" or "inconclusive".
    public var word: String {
        switch exitCode {
        case 0: "pass"
        case 19: "blind"
        case 23: "inconclusive"
        default: "fail"
        }
    }

    /// Where a failure stands in that order: 0 beats all.
    static func rank(_ code: Int32) -> Int {
        precedence.firstIndex(of: code) ?? precedence.firstIndex(of: 1) ?? 0
    }
}
