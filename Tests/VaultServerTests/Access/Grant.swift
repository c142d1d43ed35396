import VaultAPI

/// A permission of a test: `.read("a", "b")` are the keys from a up to b.
struct Grant: Sendable {
    var kind: Authpb_Permission.TypeEnum
    var key: String
    var end: String

    static func read(_ key: String, _ end: String = "") -> Grant {
        Grant(kind: .read, key: key, end: end)
    }
    static func write(_ key: String, _ end: String = "") -> Grant {
        Grant(kind: .write, key: key, end: end)
    }
    static func both(_ key: String, _ end: String = "") -> Grant {
        Grant(kind: .readwrite, key: key, end: end)
    }
    static func get(_ key: String, _ end: String = "") -> Grant {
        Grant(kind: .get, key: key, end: end)
    }
}
