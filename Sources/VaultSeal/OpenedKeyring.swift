/// What a credential opens: everything that hangs from the root key. Each part has its own `close`.
public struct OpenedKeyring: Sendable {
    /// Seals and opens records.
    public let cipher: RecordCipher
    /// Authenticates the lines of the audit log, and hashes the key names in it.
    public let auditKeys: AuditKeys
    /// Hashes what records say.
    public let stateHashKey: StateHashKey
}
