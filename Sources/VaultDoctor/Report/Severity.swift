/// How bad a finding is, from good to bad.
public enum Severity: String, CaseIterable, Comparable, Sendable {
    /// As it should be.
    case ok
    /// Worth knowing; nothing has to be done.
    case info
    /// The vault is less protected, or less safe from loss, than it could be.
    case warning
    /// Secrets are open to others, or about to be lost.
    case critical

    public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .ok: 0
        case .info: 1
        case .warning: 2
        case .critical: 3
        }
    }
}
