import Sodium
import Synchronization
import VaultSeal
import VaultStore

/// Another vault, made for a control: its archive must not pass for one of this vault.
enum ForeignVault {
    /// Makes `directory`, a small vault in it, and a full archive of that; returns its path.
    static func archive(in directory: String) throws(BackupError) -> String {
        try ScratchFiles.makeDirectory(directory)
        let data = directory + "/vault"
        try ScratchFiles.makeDirectory(data)
        let keyring = try makeKeyring(in: data)
        defer {
            keyring.cipher.close()
            keyring.live.close()
            keyring.stateHashKey.close()
        }
        do throws(StoreError) {
            try Store.create(
                in: data, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
            let store = try Store.open(
                in: data, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
            defer { store.close() }
            _ = try store.write(
                .put(PutOperation(key: Array("k".utf8), value: Array("foreign".utf8))))
            let bytes = Mutex<[UInt8]>([])
            let (header, keys) = try header(of: keyring)
            _ = try ArchiveWriter.write(
                store, header: header, keys: keys, parent: nil,
                audit: { (0, [UInt8](repeating: 0, count: 32)) }, isCancelled: { false },
                willEnd: { _ throws(StoreError) in },
                to: { (part) throws(StoreError) in bytes.withLock { $0 += part } })
            let path = directory + "/foreign.vab"
            let archive = bytes.withLock { $0 }
            do throws(BackupError) { try ScratchFiles.write(archive, to: path) } catch {
                throw StoreError.storage(error.message)
            }
            return path
        } catch { throw BackupError(error) }
    }

    private static func makeKeyring(in data: String) throws(BackupError) -> OpenedKeyring {
        do throws(SealError) {
            var bytes = Random.bytes(count: 32)
            let key = try Credential.keyfile(wiping: &bytes)
            return try KeyringFile.createAll(in: data) { (new) throws(SealError) in
                try new.addSlot(for: key)
            }
        } catch { throw .inconclusive("a control could not be made: \(error.text)") }
    }

    private static func header(
        of keyring: OpenedKeyring
    ) throws(StoreError) -> (ArchiveHeader, ArchiveKeys) {
        do throws(SealError) {
            let keys = try keyring.live.archiveKeys()
            let none = [UInt8](repeating: 0, count: ArchiveHash.count)
            let identity = ArchiveIdentity(
                archiveID: Random.bytes(count: ArchiveIdentity.archiveIDCount),
                storeID: keyring.cipher.storeID, timeline: keyring.cipher.timeline,
                keyNumber: keys.newest, sequence: 1, created: 1, afterRevision: -1, parent: none,
                previous: none)
            return (ArchiveHeader(identity: identity, keyring: try keyring.live.fileBytes()), keys)
        } catch { throw .storage("\(error.text)") }
    }
}
