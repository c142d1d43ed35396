import Sodium
import Synchronization

@testable import VaultBackup
@testable import VaultSeal
@testable import VaultStore

/// A vault and two archives of it, the second of which continues the first; the same in every run.
final class Fixture {
    static let time: UInt64 = 1_700_000_000
    private static let keyfile = [UInt8](repeating: 7, count: 32)

    let scratch: ScratchDirectory
    let keyring: OpenedKeyring
    let keys: ArchiveKeys
    private(set) var full: [UInt8] = []
    private(set) var part: [UInt8] = []

    init() throws {
        try Sodium.initialize()
        scratch = try ScratchDirectory()
        var new = try NewKeyring(passphraseCost: .moderate)
        try new.addSlot(for: try Self.credential())
        let file = try new.finished(
            timeline: Timeline(number: 1, nonce: 77), created: Self.time
        ).file
        keyring = try KeyringFile.openAll(file, of: "", with: try Self.credential())
        keys = try keyring.live.archiveKeys()
        try makeArchives()
        scratch.removeContent()
    }

    /// The only one that opens it.
    static func credential() throws(SealError) -> Credential {
        var keyfile = Self.keyfile
        return try Credential.keyfile(wiping: &keyfile)
    }

    /// Opens archives as a restore does.
    func open(_ chain: ArchiveChain) throws(BackupError) -> OpenedChain {
        var keyfile = Self.keyfile
        let credential: Credential
        do throws(SealError) { credential = try .keyfile(wiping: &keyfile) } catch {
            throw .inconclusive("\(error)")
        }
        return try OpenedChain(chain, with: credential)
    }

    private func makeArchives() throws {
        var configuration = StoreConfiguration(scanThreads: 1)
        configuration.wallClock = WallClock { Int64(Self.time) * 1_000 }
        try Store.create(
            in: scratch.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
        let store = try Store.open(
            in: scratch.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
            configuration: configuration)
        defer { store.close() }
        func put(_ key: String, _ value: String, lease: LeaseID = .none) throws {
            var put = PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8))
            put.lease = lease
            _ = try store.write(.put(put))
        }
        _ = try store.write(.replaceAccess(Bytes("rules".utf8)))
        _ = try store.write(.grantLease(LeaseID(5), ttl: .seconds(60)))
        for number in 0..<6 { try put("k\(number % 3)", "value \(number)") }
        try put("leased", "v", lease: LeaseID(5))
        full = try archive(store, sequence: 1, since: nil)
        try put("k1", "later")
        _ = try store.write(.delete(DeleteOperation(range: KeyRange(key: Bytes("k2".utf8)))))
        _ = try store.write(.compact(store.revision, physical: true))
        try put("k3", "new")
        part = try archive(store, sequence: 2, since: try ArchiveFooter(Self.end(of: full)))
    }

    /// The bytes of an archive's footer.
    static func end(of archive: [UInt8]) -> [UInt8] {
        Array(archive.suffix(ArchiveFooter.byteCount))
    }

    private func archive(
        _ store: Store, sequence: UInt64, since parent: ArchiveFooter?
    ) throws -> [UInt8] {
        let none = [UInt8](repeating: 0, count: 32)
        let identity = ArchiveIdentity(
            archiveID: [UInt8](repeating: UInt8(sequence), count: 16),
            storeID: keyring.cipher.storeID, timeline: keyring.cipher.timeline,
            keyNumber: keys.newest, sequence: sequence, created: Int64(Self.time) * 1_000,
            afterRevision: parent?.lastRevision ?? -1, parent: parent?.digest ?? none,
            previous: parent?.digest ?? none)
        let bytes = Mutex<[UInt8]>([])
        _ = try ArchiveWriter.write(
            store, header: ArchiveHeader(identity: identity, keyring: keyring.live.fileBytes()),
            keys: keys, parent: parent, audit: { (7, [UInt8](repeating: 9, count: 32)) },
            isCancelled: { false }, willEnd: { _ throws(StoreError) in },
            to: { (some) throws(StoreError) in bytes.withLock { $0 += some } })
        return bytes.withLock { $0 }
    }
}
