import Sodium

/// A keyring in the making: a new root key, and the slots that have been added so far.
public struct NewKeyring: ~Copyable {
    private let rootKey: RootKey
    private let storeID: StoreID
    private let passphraseCost: PassphraseCost
    private var slots: [MadeKeySlot] = []

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
    /// Throws `.invalidSlot` for an empty passphrase, a key file that has not 32 bytes, a
    /// label above 64 bytes, or a slot too many (32).
    public mutating func addSlot(
        for credential: borrowing Credential, label: String = ""
    ) throws(SealError) {
        let parameters = try SlotParameters.new(for: credential, cost: passphraseCost)
        try add(
            try KeySlot.make(
                id: nextID, label: label, credential: credential, parameters: parameters,
                rootKey: rootKey, storeID: storeID))
    }

    /// Adds a slot for the owner of an X25519 public half, 32 bytes.
    public mutating func addSlot(
        forRecipient publicHalf: [UInt8], label: String = ""
    ) throws(SealError) {
        try add(
            MadeKeySlot(
                slot: try KeySlot(
                    id: nextID, label: label, publicHalf: publicHalf, rootKey: rootKey,
                    storeID: storeID),
                secret: nil))
    }

    /// Adds a slot that any `threshold` of `count` shares open, and returns the shares, which are
    /// kept nowhere.
    public mutating func addShares(
        count: UInt8, threshold: UInt8, label: String = ""
    ) throws(SealError) -> [ShareText] {
        let shares = try NewShares.make(count: count, threshold: threshold)
        try add(
            try KeySlot.make(
                id: nextID, label: label, credential: shares.credential,
                parameters: .new(for: shares.set), rootKey: rootKey, storeID: storeID))
        return shares.texts
    }

    private var nextID: UInt32 { UInt32(slots.count + 1) }

    private mutating func add(_ slot: MadeKeySlot) throws(SealError) {
        guard slots.count < KeyringDocument.slotCountMax else {
            throw .invalidSlot(
                "a vault has at most \(KeyringDocument.slotCountMax) key slots")
        }
        slots.append(slot)
    }

    /// The file's bytes and what they will open to.
    consuming func finished(
        timeline: Timeline, created: UInt64
    ) throws(SealError) -> MadeKeyring {
        guard !slots.isEmpty else {
            throw .invalidSlot("a vault needs a key slot; give a passphrase or a key file")
        }
        let secrets = slots.compactMap { made in made.secret.map { (made.slot.id, $0) } }
        let keyring = try Keyring.new(
            timeline: timeline, created: created, slotSecrets: secrets)
        let document = KeyringDocument(
            storeID: storeID, timeline: timeline, slots: slots.map(\.slot),
            wrappedKeyring: try KeyringWrapping.wrap(keyring, storeID: storeID, rootKey: rootKey))
        let file = try document.encoded(rootKey: rootKey)
        return MadeKeyring(document: document, file: file, keyring: keyring, rootKey: rootKey)
    }
}
