import VaultAccess

/// The API's methods in the audit log's words.
struct AuditMethods: Sendable {
    private let known: [String: AuditMethod]

    /// Paths with their leading slash, which the log leaves out.
    init(paths: some Sequence<String>) {
        known = Dictionary(
            paths.map { ($0, Self.method($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Of any path: clients may ask for what does not exist.
    subscript(path: String) -> AuditMethod { known[path] ?? Self.method(path) }

    private static func method(_ path: String) -> AuditMethod {
        AuditMethod(String(path.dropFirst()))
    }
}
