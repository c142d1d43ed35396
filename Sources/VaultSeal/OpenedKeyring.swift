/// What a credential opens: everything that hangs from the root key. Each part has its own `close`.
public struct OpenedKeyring: Sendable {
    /// Seals and opens records.
    public let cipher: RecordCipher
    /// Authenticates the lines of the audit log, and hashes the key names in it.
    public let auditKeys: AuditKeys
    /// Hashes what records say.
    public let stateHashKey: StateHashKey
    /// Changes who can open the vault, and its keys.
    public let live: LiveKeyring
    /// The slot that was opened; of a new vault, the first.
    public let slot: SlotDescription

    init(
        directory: String, document: KeyringDocument, file: [UInt8], keyring: consuming Keyring,
        rootKey: consuming RootKey, slot: SlotDescription
    ) throws(SealError) {
        let cipher = try RecordCipher(keyring: keyring, storeID: document.storeID)
        self.cipher = cipher
        let purposes = try PurposeKeys(keyring, rootKey: rootKey)
        auditKeys = try AuditKeys(purposes)
        stateHashKey = try StateHashKey(purposes)
        live = LiveKeyring(
            directory: directory, document: document, file: file, keyring: keyring,
            rootKey: rootKey, cipher: cipher)
        self.slot = slot
    }
}
