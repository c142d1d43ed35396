/// One thing that was looked at, and how it is.
public struct Finding: Equatable, Sendable {
    /// The same from version to version, for scripts: "swap".
    public var id: String
    public var severity: Severity
    /// What was seen.
    public var what: String
    /// What to do; empty when there is nothing to do.
    public var fix: String

    public init(_ id: String, _ severity: Severity, _ what: String, fix: String = "") {
        self.id = id
        self.severity = severity
        self.what = what
        self.fix = fix
    }
}
