/// Whose share a request is paid from. Found once a connection or token, and again when its unit
/// changes; cheap to keep and to compare.
public struct QuotaOwner: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The rule at this place in the book: one share for all whom it matches.
        case rule(Int)
        /// A user without a rule; those without a number in our namespace together.
        case user(UInt32)
        /// An account without a rule.
        case account(String)
    }

    let kind: Kind
}
