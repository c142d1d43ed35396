/// One negative control: a drill on something broken, which must be refused.
public struct ControlOutcome: Equatable, Sendable {
    /// Whether the breakage was noticed.
    public enum Score: Equatable, Sendable { case detected, missed, notRun }

    /// "N1", or with the case of it: "N2/catalogue".
    public var control: String
    /// What the breakage was made from, so that it can be made again.
    public var seed: Int64
    /// The exit statuses that mean that it was noticed.
    public var expected: Set<Int32>
    public var observed: ControlObservation

    public init(
        _ control: String, seed: Int64, expected: Set<Int32>, observed: ControlObservation
    ) {
        self.control = control
        self.seed = seed
        self.expected = expected
        self.observed = observed
    }

    /// Noticed means: the listed exit status, and nothing published. Another status than the
    /// listed is a miss: what is refused for a wrong reason may be accepted with the next change.
    public var score: Score {
        switch observed {
        case .notRun: .notRun
        case .ended(_, leaked: true): .missed
        case .ended(let code, _) where expected.contains(code): .detected
        // The environment failed before the control could.
        case .ended(23, _): .notRun
        case .ended: .missed
        }
    }

    /// The exit status that this control alone would give: 0 when it was detected.
    public var exitCode: Int32 {
        switch score {
        case .detected: 0
        case .missed: BackupError.blind("").exitCode
        case .notRun: BackupError.inconclusive("").exitCode
        }
    }

    /// Why it is not a detection; nil when it is.
    public var reason: String? {
        let wanted = expected.sorted().map(String.init).joined(separator: " or ")
        switch (score, observed) {
        case (.detected, _): return nil
        case (_, .notRun(let why)): return "\(control) was not run: \(why)"
        case (_, .ended(let code, let leaked)):
            let extra = leaked ? " and something was published" : ""
            return "\(control) (seed \(seed)) ended with \(code), not \(wanted)\(extra)"
        }
    }
}
