/// Whether a request may be done now.
public enum QuotaDecision: Hashable, Sendable {
    case admit
    case refuse(QuotaRefusal)
}
