import Glibc
import Sodium
import Synchronization
import VaultSeal
import VaultStore
import VaultTestSupport

/// A store whose data keys can be rotated and retired.
final class RotatingFixture {
    private let scratch: TemporaryDirectory
    private let keyfile: [UInt8]
    private let configuration: StoreConfiguration
    private(set) var keyring: LiveKeyring
    private(set) var store: Store
    var directory: String { scratch.path }

    init(change: (inout StoreConfiguration) -> Void = { _ in }) throws {
        scratch = try TemporaryDirectory()
        keyfile = (0..<32).map { _ in UInt8.random(in: 0...255) }
        var configuration = StoreConfiguration()
        change(&configuration)
        self.configuration = configuration
        let credential = Credential.keyfile(try Self.secret(keyfile))
        let created = try KeyringFile.createAll(in: scratch.path) { (new) throws(SealError) in
            try new.addSlot(for: credential)
        }
        try Store.create(
            in: scratch.path, cipher: created.cipher, stateHashKey: created.stateHashKey)
        let opened = try KeyringFile.openAll(in: scratch.path, with: credential)
        keyring = opened.live
        store = try Store.open(
            in: scratch.path, cipher: opened.cipher, stateHashKey: opened.stateHashKey,
            configuration: configuration)
    }

    private static func secret(_ bytes: [UInt8]) throws -> SecretBytes {
        var secret = try SecretBytes(count: bytes.count)
        secret.withMutableBytes { $0.copyBytes(from: bytes) }
        return secret
    }

    /// As after a restart: with the keys that are on the disk.
    func reopen() throws {
        store.close()
        let opened = try KeyringFile.openAll(
            in: scratch.path, with: .keyfile(try Self.secret(keyfile)))
        keyring = opened.live
        store = try Store.open(
            in: scratch.path, cipher: opened.cipher, stateHashKey: opened.stateHashKey,
            configuration: configuration)
    }

    /// What the key file opens of the keyring in that directory.
    func openKeyring(in directory: String) throws -> OpenedKeyring {
        try KeyringFile.openAll(in: directory, with: .keyfile(try Self.secret(keyfile)))
    }

    /// Begins a rewrap; the result says when it is over.
    func startRewrap(recordsPerSecond: Int = 1_000_000) throws -> RewrapEnd {
        let end = RewrapEnd()
        try store.startRewrap(recordsPerSecond: recordsPerSecond) { end.note($0) }
        return end
    }

    /// Rewraps to the end and retires what nothing needs any more.
    func rewrap() throws {
        let target = try startRewrap().wait()
        store.waitForEarlierReads()
        try keyring.retireDataKeys(below: target)
    }
}

/// The end of a rewrap.
final class RewrapEnd: Sendable {
    private let target = Mutex<UInt32?>(nil)
    var reached: UInt32? { target.withLock { $0 } }

    func note(_ reached: UInt32) { target.withLock { $0 = reached } }

    func wait() throws -> UInt32 {
        guard Waiting.until(.seconds(60), { self.reached != nil }) else {
            throw TestFailure("the rewrap does not end")
        }
        return reached ?? 0
    }
}
