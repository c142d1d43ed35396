import Sodium

/// A keyring in the making: a new root key, and the slots that have been added so far.
public struct NewKeyring: ~Copyable {
    private let rootKey: RootKey
    private let storeID: StoreID
    private let passphraseCost: PassphraseCost
    private var slots: [KeySlot] = []

    init(passphraseCost: PassphraseCost) throws(SealError) {
        let storeID = try StoreID.random()
        let rootKey = try RootKey.random()
        self.storeID = storeID
        self.rootKey = rootKey
        self.passphraseCost = passphraseCost
    }

    /// How many slots there are so far.
    public var slotCount: Int { slots.count }

    /// Adds a slot that `credential` opens. For a passphrase this takes as long as unsealing does.
    ///
    /// Throws `.unsafeParameters` for an empty passphrase, a key file that has not 32 bytes, a
    /// label above 64 bytes, or a slot too many (32).
    public mutating func addSlot(
        for credential: borrowing Credential, label: String = ""
    ) throws(SealError) {
        guard slots.count < KeyringDocument.slotCountMax else {
            throw .unsafeParameters(
                "a vault has at most \(KeyringDocument.slotCountMax) key slots")
        }
        guard label.utf8.count <= KeySlot.labelCountMax else {
            throw .unsafeParameters("a label has at most \(KeySlot.labelCountMax) bytes")
        }
        guard !credential.isEmptyPassphrase else {
            throw .unsafeParameters("the passphrase is empty; choose another")
        }
        slots.append(
            try KeySlot(
                id: UInt32(slots.count + 1), label: label, credential: credential,
                cost: passphraseCost, rootKey: rootKey, storeID: storeID))
    }

    /// The file's bytes and what they will open to.
    consuming func finish(
        timeline: Timeline, created: UInt64
    ) throws(SealError) -> (file: [UInt8], opened: OpenedKeyring) {
        guard !slots.isEmpty else {
            throw .unsafeParameters("a vault needs a key slot; give a passphrase or a key file")
        }
        let keyring = try Keyring.new(timeline: timeline, created: created)
        let document = KeyringDocument(
            storeID: storeID, timeline: timeline, slots: slots,
            wrappedKeyring: try KeyringWrapping.wrap(keyring, storeID: storeID, rootKey: rootKey))
        let file = try document.encoded(rootKey: rootKey)
        let opened = OpenedKeyring(
            cipher: try RecordCipher(keyring: keyring, storeID: storeID),
            auditKeys: try AuditKeys(rootKey: rootKey),
            stateHashKey: try StateHashKey(rootKey: rootKey))
        return (file, opened)
    }
}
