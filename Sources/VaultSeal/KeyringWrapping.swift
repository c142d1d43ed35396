import Sodium

/// Wraps the keyring under the root key, bound to the store and its current timeline.
enum KeyringWrapping {
    /// For a file of the newest format.
    static func wrap(
        _ keyring: borrowing Keyring, storeID: StoreID, rootKey: borrowing RootKey
    ) throws(SealError) -> [UInt8] {
        let key = try rootKey.subkey(.keyring)
        let associatedData = associatedData(
            storeID, keyring.currentTimeline, format: KeyringDocument.newestFormat)
        return keyring.withBytes { bytes in
            WrappedSecret.wrap(bytes, under: key, associatedData: associatedData)
        }
    }

    static func unwrap(
        _ document: KeyringDocument, rootKey: borrowing RootKey
    ) throws(SealError) -> Keyring {
        let key = try rootKey.subkey(.keyring)
        guard
            let secret = try WrappedSecret.unwrap(
                document.wrappedKeyring[...], under: key,
                associatedData: associatedData(
                    document.storeID, document.timeline, format: document.format))
        else { throw .damaged(what: "keyring: the data keys do not open") }
        let keyring = try Keyring(decoding: secret)
        guard keyring.currentTimeline == document.timeline else {
            throw .damaged(what: "keyring: its timelines do not agree")
        }
        return keyring
    }

    private static func associatedData(
        _ storeID: StoreID, _ timeline: Timeline, format: UInt32
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.put("vd-ring1".utf8)
        writer.put(storeID.bytes)
        writer.put(format)
        writer.put(timeline.number)
        writer.put(timeline.nonce)
        return writer.bytes
    }
}
