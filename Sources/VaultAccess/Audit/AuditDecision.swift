/// What authorization said.
public enum AuditDecision: Sendable {
    case allowed
    case refused

    var text: StaticString {
        switch self {
        case .allowed: "allowed"
        case .refused: "refused"
        }
    }
}
