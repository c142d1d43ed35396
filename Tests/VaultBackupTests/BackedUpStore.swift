import Glibc
import Sodium
import Synchronization
import VaultBackup
import VaultSeal
import VaultStore
import VaultTestSupport

/// A store of which archives are made, and the credential that opens them.
final class BackedUpStore {
    let scratch: TemporaryDirectory
    let keyfile: [UInt8]
    private(set) var keyring: OpenedKeyring
    private(set) var store: Store
    private var sequence: UInt64 = 0
    private var previous = [UInt8](repeating: 0, count: 32)
    var directory: String { scratch.path + "/vault" }

    init(
        configuration: StoreConfiguration = StoreConfiguration(), keyfile: [UInt8]? = nil
    ) throws {
        scratch = try TemporaryDirectory()
        self.keyfile = keyfile ?? (0..<32).map { _ in UInt8.random(in: 0...255) }
        let directory = scratch.path + "/vault"
        mkdir(directory, 0o700)
        let credential = try Self.credential(self.keyfile)
        keyring = try KeyringFile.createAll(in: directory) { (new) throws(SealError) in
            try new.addSlot(for: credential)
        }
        try Store.create(
            in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
        store = try Store.open(
            in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
            configuration: configuration)
    }

    static func credential(_ keyfile: [UInt8]) throws -> Credential {
        var bytes = keyfile
        return try Credential.keyfile(wiping: &bytes)
    }

    @discardableResult
    func put(_ key: String, _ value: String, lease: LeaseID = .none) throws -> Int64 {
        var put = PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8))
        put.lease = lease
        _ = try store.write(.put(put))
        return store.revision.rawValue
    }

    func delete(_ key: String) throws {
        _ = try store.write(
            .delete(DeleteOperation(range: KeyRange(key: Bytes(key.utf8)))))
    }

    func compact(_ revision: Int64) throws {
        _ = try store.write(.compact(Revision(revision), physical: true))
    }

    /// Makes an archive in the scratch directory and returns its path.
    ///
    /// - Parameters:
    ///   - time: what the clock says more, milliseconds.
    ///   - bytesMax: whoever takes it is gone after so many bytes.
    @discardableResult
    func archive(
        _ name: String, since parent: ArchiveFile? = nil, after time: Int64 = 0,
        bytesMax: Int = .max,
        audit: (last: UInt64, lines: ArchiveWriter.AuditSource)? = nil, log: ChainedLog? = nil
    ) throws -> String {
        let path = scratch.file(name)
        let audit = log.map { ($0.last, $0.source) } ?? audit
        let auditHash = log?.hash ?? [UInt8](repeating: 9, count: 32)
        let taken = Atomic<Int>(0)
        let keys = try keyring.live.archiveKeys()
        sequence += 1
        var identity = ArchiveIdentity(
            archiveID: Random.bytes(count: 16), storeID: keyring.cipher.storeID,
            timeline: keyring.cipher.timeline, keyNumber: keys.newest, sequence: sequence,
            created: 1_700_000_000_000 + Int64(sequence) + time,
            afterRevision: parent?.footer.lastRevision ?? -1,
            parent: parent?.footer.digest ?? [UInt8](repeating: 0, count: 32),
            previous: previous)
        identity.hasAudit = audit != nil
        let header = ArchiveHeader(
            identity: identity, keyring: try keyring.live.fileBytes())
        let output = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        defer { close(output) }
        let footer = try ArchiveWriter.write(
            store, header: header, keys: keys, parent: parent?.footer,
            audit: { (audit?.0 ?? 7, auditHash) }, auditLines: audit?.1, isCancelled: { false },
            willEnd: { _ throws(StoreError) in },
            to: { (bytes) throws(StoreError) in
                let total = taken.add(bytes.count, ordering: .relaxed).newValue
                guard total <= bytesMax,
                    write(output, bytes.baseAddress, bytes.count) == bytes.count
                else { throw .closed }
            })
        previous = footer.digest
        return path
    }

    /// Opens what a restore made, with the same credential.
    func openRestored(
        _ directory: String, configuration: StoreConfiguration = StoreConfiguration()
    ) throws -> Store {
        try Self.openRestored(directory, keyfile: keyfile, configuration: configuration)
    }

    static func openRestored(
        _ directory: String, keyfile: [UInt8],
        configuration: StoreConfiguration = StoreConfiguration()
    ) throws -> Store {
        let opened = try KeyringFile.openAll(
            in: directory, with: try Self.credential(keyfile))
        return try Store.open(
            in: directory, cipher: opened.cipher, stateHashKey: opened.stateHashKey,
            configuration: configuration)
    }

    func opened(_ paths: String...) throws -> OpenedChain {
        try Self.opened(paths, keyfile: keyfile)
    }

    static func opened(_ paths: [String], keyfile: [UInt8]) throws -> OpenedChain {
        let files = try paths.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
        return try OpenedChain(ArchiveChain(of: files), with: try Self.credential(keyfile))
    }

    func rotateDataKey() throws { _ = try keyring.live.rotateDataKey() }

    func rotateRootKey() throws { _ = try keyring.live.rotateRootKey() }

    deinit { store.close() }
}

extension Store {
    /// Key to value at a revision, 0 for now; `modRevision=` in front of each value.
    func content(at revision: Int64 = 0) throws -> [String: String] {
        var query = RangeQuery(range: KeyRange(key: [0], rangeEnd: [0]))
        query.revision = Revision(revision)
        var sink = KeyValueSink()
        let scan = try scan(query)
        while try scan.next(into: &sink) == nil {}
        var content: [String: String] = [:]
        for pair in sink.keyValues {
            content[String(decoding: pair.key, as: UTF8.self)] =
                "\(pair.modRevision)=\(String(decoding: pair.value, as: UTF8.self))"
        }
        return content
    }
}
