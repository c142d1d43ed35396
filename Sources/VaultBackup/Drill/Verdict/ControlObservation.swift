/// What a negative control led to.
public enum ControlObservation: Equatable, Sendable {
    /// It ended with this exit status; `leaked` when something was published, or the target was
    /// not left as it was.
    case ended(exitCode: Int32, leaked: Bool)
    /// It was not tried, and why not.
    case notRun(String)
}
