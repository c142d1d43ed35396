import VaultAccess

/// The API's methods in the audit log's words.
struct AuditMethods: Sendable {
    private let known: [String: AuditMethod]

    /// Paths with their leading slash, which the log leaves out.
    init(paths: some Sequence<String>) {
        known = Dictionary(
            paths.map { ($0, Self.method($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is no method may be anything, a URL with the name of a key in it for one: none of it is
    /// written down.
    subscript(path: String) -> AuditMethod { known[path] ?? Self.unknown }

    private static let unknown = AuditMethod("unknown")

    private static func method(_ path: String) -> AuditMethod {
        AuditMethod(String(path.dropFirst()))
    }
}
