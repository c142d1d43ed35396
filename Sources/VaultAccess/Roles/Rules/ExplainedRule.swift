/// A permission, and how the subject came by it.
public struct ExplainedRule: Equatable, Sendable {
    public let user: String
    public let role: String
    /// Nil for the role "root", which may do everything.
    public let permission: Permission?

    /// "read", "write", "readwrite", "get", or "root" for everything.
    public var kindText: String { permission?.kind.description ?? AccessName.root.text }
}
