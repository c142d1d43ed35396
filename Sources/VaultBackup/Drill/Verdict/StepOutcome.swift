/// One step of a drill, and how it ended.
public struct StepOutcome: Equatable, Sendable {
    /// The same from version to version: "state-hash".
    public var check: String
    /// What the step's random choices came from; 0 when it makes none.
    public var seed: Int64
    public var result: StepResult

    public init(_ check: String, seed: Int64 = 0, _ result: StepResult) {
        self.check = check
        self.seed = seed
        self.result = result
    }

    /// The exit status that this step alone would give: 0 when it passed.
    public var exitCode: Int32 {
        switch result {
        case .passed: 0
        case .failed(let error): error.exitCode
        case .notRun: BackupError.inconclusive("").exitCode
        }
    }

    /// Why it did not pass; nil when it did.
    public var reason: String? {
        switch result {
        case .passed: nil
        case .failed(let error): "\(check): \(error.message)"
        case .notRun(let why): "\(check) was not run: \(why)"
        }
    }
}
