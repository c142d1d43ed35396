/// What the verifier found.
public struct AuditReport: Sendable {
    /// The files, in the order of their lines.
    public internal(set) var files: [String] = []
    /// Lines in all.
    public internal(set) var lineCount = 0
    /// The numbers of the first and the last line that belong to the log.
    public internal(set) var firstSequence: UInt64?
    public internal(set) var lastSequence: UInt64?
    /// In the order of the lines; at most `AuditLimits.problemsMax`.
    public internal(set) var problems: [AuditProblem] = []
    /// All of them.
    public internal(set) var problemCount = 0
    /// Keys were given, so MACs were checked.
    public internal(set) var isAuthenticated = false
    /// Lines with a MAC, right or wrong.
    public internal(set) var macCount = 0
    /// Lines behind the last one with a MAC: nothing but the chain speaks for them.
    public internal(set) var unauthenticatedTail = 0
    /// There was a head, so lines missing at the end would have been seen.
    public internal(set) var isEndChecked = false
    /// Lines in which vaultd itself says that something was wrong: trouble, a cut line, requests
    /// without a line.
    public internal(set) var incidents: [AuditIncident] = []

    public var isIntact: Bool { problemCount == 0 }
}
