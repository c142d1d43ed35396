import Glibc
import Sodium

extension LiveKeyring {
    /// The keyring file as it stands on the disk, to be part of an archive: sealed as it is.
    public func fileBytes() throws(SealError) -> [UInt8] {
        try withContent { (content) throws(SealError) in content.file }
    }

    /// What makes and opens the vault's archives.
    public func archiveKeys() throws(SealError) -> ArchiveKeys {
        try withContent { (content) throws(SealError) in
            ArchiveKeys(try PurposeKeys(content.keyring, rootKey: content.rootKey))
        }
    }

    /// Writes the keyring of a restored vault to `directory`, where there must be none, and opens
    /// it: the same slots and root key, a new timeline that begins at `first`, and one new data
    /// key alone. What the vault wrote after `last` belongs to no timeline any more.
    public func restore(
        into directory: String, last: UInt64, first: UInt64, slot: SlotDescription
    ) throws(SealError) -> OpenedKeyring {
        try withContent { (content) throws(SealError) in
            var edit = KeyringEdit(
                slotIDs: content.document.slots.map(\.id), now: UInt64(time(nil)))
            edit.addsDataKey = true
            edit.forgetsDataKeys = true
            edit.newTimeline = .init(
                after: last, first: first,
                nonce: Random.bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) })
            let keyring = try edit.apply(to: content.keyring, rootKey: content.rootKey)
            var document = content.document
            document.format = KeyringDocument.newestFormat
            document.timeline = keyring.currentTimeline
            document.wrappedKeyring = try KeyringWrapping.wrap(
                keyring, storeID: document.storeID, rootKey: content.rootKey)
            let bytes = try document.encoded(rootKey: content.rootKey)
            guard
                try DurableFile(directory: directory, name: KeyringFile.name).createNew(bytes)
            else { throw .alreadyInitialized }
            let rootKey = try content.rootKey.copy()
            return try OpenedKeyring(
                directory: directory, document: document, file: bytes, keyring: keyring,
                rootKey: rootKey, slot: slot)
        }
    }
}
