import Glibc
import Sodium

/// The file `keyring` of a data directory: key slots and the wrapped keyring.
///
///     let cipher = try KeyringFile.create(in: directory) { (new) throws(SealError) in
///         try new.addSlot(for: .keyfile(keyfile))
///         try new.addSlot(for: .passphrase(passphrase))
///     }
public struct KeyringFile {
    /// Its name in the data directory.
    public static let name = "keyring"

    /// Makes a root key, a keyring with data key 1, and a slot for each credential that `addSlots`
    /// adds; writes the file (0600, atomically, durable on return) and returns it opened.
    ///
    /// The credentials come through a closure because they cannot be copied, and Swift has no
    /// array of such values. Throws `.alreadyInitialized` when there is a keyring, of whatever
    /// content, and leaves it alone; nothing is written unless everything succeeds.
    public static func create(
        in directory: String, passphraseCost: PassphraseCost = .moderate,
        addSlots: (inout NewKeyring) throws(SealError) -> Void
    ) throws(SealError) -> RecordCipher {
        try createAll(in: directory, passphraseCost: passphraseCost, addSlots: addSlots).cipher
    }

    /// The same, and returns all that the root key gives: the keys of the audit log too.
    public static func createAll(
        in directory: String, passphraseCost: PassphraseCost = .moderate,
        addSlots: (inout NewKeyring) throws(SealError) -> Void
    ) throws(SealError) -> OpenedKeyring {
        let file = DurableFile(directory: directory, name: name)
        guard try !file.exists() else { throw .alreadyInitialized }
        var new = try NewKeyring(passphraseCost: passphraseCost)
        try addSlots(&new)
        let timeline = Timeline(number: 1, nonce: randomNonce())
        let made = try new.finished(timeline: timeline, created: UInt64(time(nil)))
        guard try file.createNew(made.file) else { throw .alreadyInitialized }
        return try made.opened(in: directory)
    }

    /// Opens the keyring with a credential; every slot of its kind is tried. Takes about as long
    /// as the slots' passphrase hashes together: never call it on an event loop.
    ///
    /// Throws `.wrongKey` when no slot opens, `.noSlotOfThatKind`, `.damaged` when the bytes are
    /// not what was written (told by a checksum before any slot is tried, and by the MAC after).
    public static func open(
        in directory: String, with credential: borrowing Credential
    ) throws(SealError) -> RecordCipher {
        try openAll(in: directory, with: credential).cipher
    }

    /// The same, and returns all that the root key gives: the keys of the audit log too.
    ///
    /// - Parameter acceptsUnproven: also a slot that somebody without any key could have made from
    ///   the vault's keyring; otherwise one that opens throws `.unprovenSlot`.
    public static func openAll(
        in directory: String, with credential: borrowing Credential, acceptsUnproven: Bool = false
    ) throws(SealError) -> OpenedKeyring {
        try openAll(
            try read(in: directory), of: directory, with: credential,
            acceptsUnproven: acceptsUnproven)
    }

    /// The same for the bytes of a keyring file.
    static func open(
        _ bytes: [UInt8], with credential: borrowing Credential
    ) throws(SealError) -> RecordCipher {
        try openAll(bytes, of: "", with: credential, acceptsUnproven: true).cipher
    }

    /// The same for the bytes of a keyring file, as an archive holds them; `directory` is where
    /// changes would be written.
    public static func openAll(
        _ bytes: [UInt8], of directory: String, with credential: borrowing Credential,
        acceptsUnproven: Bool = false
    ) throws(SealError) -> OpenedKeyring {
        try SealError.memory { () throws(SodiumError) in try Sodium.initialize() }
        let document = try KeyringDocument(decoding: bytes)
        let candidates = document.slots.filter { $0.parameters.kind == credential.kind }
        guard !candidates.isEmpty else { throw .noSlotOfThatKind }
        for slot in candidates {
            guard let rootKey = try slot.open(with: credential, storeID: document.storeID) else {
                continue
            }
            guard acceptsUnproven || !slot.isUnproven else { throw .unprovenSlot(id: slot.id) }
            guard try KeyringDocument.isAuthentic(bytes, rootKey: rootKey) else {
                throw .damaged(what: "keyring: it was changed without the root key")
            }
            let keyring = try KeyringWrapping.unwrap(document, rootKey: rootKey)
            return try OpenedKeyring(
                directory: directory, document: document, file: bytes, keyring: keyring,
                rootKey: rootKey, slot: slot.description)
        }
        throw .wrongKey
    }

    /// The slot that a credential opens; the vault stays as it is. As slow as `open`, and throws
    /// what it throws.
    public static func slot(
        in directory: String, openedBy credential: borrowing Credential,
        acceptsUnproven: Bool = false
    ) throws(SealError) -> SlotDescription {
        let opened = try openAll(
            in: directory, with: credential, acceptsUnproven: acceptsUnproven)
        opened.cipher.close()
        opened.live.close()
        return opened.slot
    }

    /// What can be said without a key: store, timeline, slots. Verifies the plain checksum only.
    public static func describe(in directory: String) throws(SealError) -> KeyringDescription {
        try KeyringDocument(decoding: try read(in: directory)).description
    }

    /// The same for the bytes of a keyring file, as an archive holds them.
    public static func describe(_ bytes: [UInt8]) throws(SealError) -> KeyringDescription {
        try KeyringDocument(decoding: bytes).description
    }

    private static func read(in directory: String) throws(SealError) -> [UInt8] {
        try SealError.memory { () throws(SodiumError) in try Sodium.initialize() }
        let file = DurableFile(directory: directory, name: name)
        guard let bytes = try file.read(limit: KeyringDocument.byteCountMax) else {
            throw .notInitialized
        }
        return bytes
    }

    private static func randomNonce() -> UInt64 {
        Random.bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
