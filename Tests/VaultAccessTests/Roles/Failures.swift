@testable import VaultAccess

/// What `body` throws; nil when it does not.
func failure<Failure: Error>(_ body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// The bytes of a text, for keys.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A permission on a key of this text or a range of two.
func permission(
    _ kind: PermissionKind, _ key: String, _ rangeEnd: String = ""
) throws -> Permission {
    try Permission(kind, key: bytes(key), rangeEnd: bytes(rangeEnd))
}

extension AccessBook {
    /// Changes one after the other.
    init(_ changes: [AccessChange], administrators: [Principal] = []) throws {
        try self.init(administrators: administrators)
        for change in changes { try apply(change) }
    }

    /// What applying `change` to a copy throws.
    func refusal(of change: AccessChange) -> AccessError? {
        var copy = self
        return failure { () throws(AccessError) in try copy.apply(change) }
    }
}
