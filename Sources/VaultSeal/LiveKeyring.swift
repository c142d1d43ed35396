import Glibc
import Sodium
import Synchronization

/// The keyring of an unsealed vault: who can open it, and its keys, changed while it serves.
/// Thread-safe; one change at a time.
///
/// A change is on the disk when a call returns. The file is replaced as a whole, so a crash leaves
/// the keyring before or the keyring after, and each opens with the slots that it lists. Calls take
/// a few milliseconds, those with a passphrase as long as its hash: never on an event loop.
public final class LiveKeyring: Sendable {
    /// Everything that changes together.
    struct Content: ~Copyable {
        var rootKey: RootKey
        var keyring: Keyring
        var document: KeyringDocument
        /// The file as it was written last.
        var file: [UInt8]
        var isClosed = false
    }

    private let directory: String
    private let cipher: RecordCipher
    private let content: Mutex<Content>

    init(
        directory: String, document: KeyringDocument, file: [UInt8], keyring: consuming Keyring,
        rootKey: consuming RootKey, cipher: RecordCipher
    ) {
        self.directory = directory
        self.cipher = cipher
        content = Mutex(
            Content(rootKey: rootKey, keyring: keyring, document: document, file: file))
    }

    /// Wipes the root key now. Everything afterwards throws `.closed`. The cipher stays open.
    public func close() {
        content.withLock { content in
            content.isClosed = true
            content.rootKey.erase()
            content.keyring.erase()
        }
    }

    /// The slots and the vault, as the file says.
    public func description() throws(SealError) -> KeyringDescription {
        try withContent { (content) throws(SealError) in content.document.description }
    }

    /// How often the keyring was written; rises with every change. The state of the store names
    /// it, so that an older file put in the place of a newer one is noticed.
    public func generation() throws(SealError) -> UInt64 {
        try withContent { (content) throws(SealError) in content.keyring.generation }
    }

    /// The data keys that there are, oldest first; the last one seals.
    public func dataKeys() throws(SealError) -> [DataKeyDescription] {
        try withContent { (content) throws(SealError) in
            zip(content.keyring.dataKeyNumbers, content.keyring.dataKeyTimes)
                .map { DataKeyDescription(number: $0, created: $1) }
        }
    }

    /// How often the root key was changed.
    public func rootKeyChanges() throws(SealError) -> Int {
        try withContent { (content) throws(SealError) in
            max(content.keyring.purposeKeyCount - 1, 0)
        }
    }

    // MARK: - Slots

    /// Adds a slot that `make` makes with the id that it is given, in the place of the slot
    /// `replaced` when there is one to replace; its old credential opens nothing from then on.
    func addSlot(
        replacing replaced: UInt32?,
        _ make: (UInt32, borrowing RootKey, StoreID) throws(SealError) -> MadeKeySlot
    ) throws(SealError) -> SlotDescription {
        try withContent { (content) throws(SealError) in
            var document = content.document
            if let replaced {
                guard document.slots.contains(where: { $0.id == replaced }) else {
                    throw .noSuchSlot(id: replaced)
                }
                document.slots.removeAll { $0.id == replaced }
            }
            guard document.slots.count < KeyringDocument.slotCountMax else {
                throw .invalidSlot(
                    "a vault has at most \(KeyringDocument.slotCountMax) key slots")
            }
            let highest = content.document.slots.last?.id ?? 0
            let id = max(content.keyring.lastSlotID, highest) + 1
            let made = try make(id, content.rootKey, document.storeID)
            document.slots.append(made.slot)
            let keyring = try edit(&content, document) {
                $0.usedSlotID = id
                $0.newSlotSecret = made.secret
            }
            try publish(document, keyring, &content)
            return made.slot.description
        }
    }

    /// Removes a slot. Throws `.lastSlot` when no other is left.
    public func removeSlot(id: UInt32) throws(SealError) {
        try withContent { (content) throws(SealError) in
            var document = content.document
            document.slots.removeAll { $0.id == id }
            guard document.slots.count < content.document.slots.count else {
                throw .noSuchSlot(id: id)
            }
            guard !document.slots.isEmpty else { throw .lastSlot }
            let keyring = try edit(&content, document) { _ in }
            try publish(document, keyring, &content)
        }
    }

    // MARK: - Data keys

    /// Makes a data key; every record is sealed under it from the moment this returns. Returns
    /// its number.
    public func rotateDataKey() throws(SealError) -> UInt32 {
        try withContent { (content) throws(SealError) in
            let keyring = try edit(&content, content.document) { $0.addsDataKey = true }
            let keys = try DataKeyPool(keyring)
            try publish(content.document, keyring, &content)
            cipher.replaceKeys(with: keys)
            return content.keyring.dataKeyNumbers.last ?? 0
        }
    }

    /// Forgets data keys with numbers below `number`, in memory and on the disk. Records that are
    /// still sealed under one are lost: whoever calls this has made sure that there are none, nor
    /// anybody who reads an older state of the file. The newest key always stays.
    public func retireDataKeys(below number: UInt32) throws(SealError) {
        try withContent { (content) throws(SealError) in
            let keyring = try edit(&content, content.document) { $0.retiresBelow = number }
            let keys = try DataKeyPool(keyring)
            try publish(content.document, keyring, &content)
            cipher.replaceKeys(with: keys)
        }
    }

    // MARK: - Root key

    /// Makes another root key and wraps it for every slot, without their credentials; returns the
    /// keys of the audit log that belong to it. The old root key opens nothing that is written
    /// from then on.
    ///
    /// Throws `.slotNeedsItsCredential` for a slot of a vaultd that knew no public halves, or kept
    /// no secrets of slots.
    public func rotateRootKey() throws(SealError) -> AuditKeys {
        try withContent { (content) throws(SealError) in
            let rootKey = try RootKey.random()
            var document = content.document
            for (index, slot) in document.slots.enumerated() {
                if slot.parameters.kind == .recipient {
                    try document.slots[index].rewrap(rootKey, storeID: document.storeID)
                    continue
                }
                guard let secret = try content.keyring.slotSecret(of: slot.id) else {
                    throw .slotNeedsItsCredential(id: slot.id)
                }
                try document.slots[index].rewrap(
                    rootKey, storeID: document.storeID, secret: secret)
            }
            let keyring = try edit(&content, content.document) { $0.addsPurposeKey = true }
            let auditKeys = try AuditKeys(try PurposeKeys(keyring, rootKey: rootKey))
            let file = try write(document, keyring, rootKey, replacing: content.file)
            content.rootKey = rootKey
            content.keyring = keyring
            content.document = file.document
            content.file = file.bytes
            return auditKeys
        }
    }

    // MARK: - Writing

    func withContent<R: ~Copyable>(
        _ body: (inout Content) throws(SealError) -> R
    ) throws(SealError) -> R {
        try content.withLock { content throws(SealError) in
            guard !content.isClosed else { throw .closed }
            return try body(&content)
        }
    }

    private func edit(
        _ content: inout Content, _ document: KeyringDocument,
        _ change: (inout KeyringEdit) -> Void
    ) throws(SealError) -> Keyring {
        var edit = KeyringEdit(slotIDs: document.slots.map(\.id), now: UInt64(time(nil)))
        change(&edit)
        return try edit.apply(to: content.keyring, rootKey: content.rootKey)
    }

    private func publish(
        _ document: KeyringDocument, _ keyring: consuming Keyring, _ content: inout Content
    ) throws(SealError) {
        let file = try write(document, keyring, content.rootKey, replacing: content.file)
        content.keyring = keyring
        content.document = file.document
        content.file = file.bytes
    }

    /// The file must still be what was written last: somebody who put another in its place would
    /// otherwise have it made authentic, or lose it.
    private func write(
        _ document: KeyringDocument, _ keyring: borrowing Keyring, _ rootKey: borrowing RootKey,
        replacing expected: [UInt8]
    ) throws(SealError) -> (document: KeyringDocument, bytes: [UInt8]) {
        let file = DurableFile(directory: directory, name: KeyringFile.name)
        guard try file.read(limit: KeyringDocument.byteCountMax) == expected else {
            throw .damaged(what: "keyring: it was changed while the vault was open")
        }
        var document = document
        document.format = KeyringDocument.newestFormat
        document.wrappedKeyring = try KeyringWrapping.wrap(
            keyring, storeID: document.storeID, rootKey: rootKey)
        let bytes = try document.encoded(rootKey: rootKey)
        try file.replace(bytes)
        return (document, bytes)
    }
}
