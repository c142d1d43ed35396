/// Why something is allowed or refused. Says the same as `Rights`, which decide.
public struct Explanation: Equatable, Sendable {
    public let allowed: Bool
    /// For people; one line.
    public let reason: String
    /// The rules that cover what was asked; when it is refused, those that come nearest. At most
    /// `rulesMax`.
    public let rules: [ExplainedRule]

    /// A person reads no more, and an answer must not grow with the book.
    public static let rulesMax = 20

    init(allowed: Bool, reason: String, rules: [ExplainedRule] = []) {
        self.allowed = allowed
        self.reason = reason
        self.rules = Array(rules.prefix(Self.rulesMax))
    }
}
