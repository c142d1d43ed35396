/// How one step of a drill ended.
public enum StepResult: Equatable, Sendable {
    case passed
    /// What was to be proven is not so; `.inconclusive` says that it is not known.
    case failed(BackupError)
    /// It was not tried, and why not.
    case notRun(String)
}
