import VaultAccess

/// The API's methods in the audit log's words.
struct AuditMethods: Sendable {
    private let known: [String: AuditMethod]
    /// By their numbers; the first one stands for what is no method.
    let all: [AuditMethod]

    /// Paths with their leading slash, which the log leaves out.
    init(paths: some Sequence<String>) {
        let paths = Set(paths).sorted()
        let methods = paths.enumerated().map { index, path in
            AuditMethod(String(path.dropFirst()), number: index + 1)
        }
        known = Dictionary(uniqueKeysWithValues: zip(paths, methods))
        all = [Self.unknown] + methods
    }

    /// What is no method may be anything, a URL with the name of a key in it for one: none of it is
    /// written down.
    subscript(path: String) -> AuditMethod { known[path] ?? Self.unknown }

    private static let unknown = AuditMethod("unknown")
}
