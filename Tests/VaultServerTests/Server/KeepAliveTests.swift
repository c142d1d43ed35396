import Synchronization
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultServer
@testable import VaultStore

@Suite struct KeepAliveTests {
    @Test func aLeaseWhoseTimeIsUpIsNotKeptAlive() throws {
        let scratch = try TemporaryDirectory()
        let keyring = try KeyringFile.createAll(in: scratch.path) { (new) throws(SealError) in
            var bytes = [UInt8](repeating: 7, count: 32)
            try new.addSlot(for: Credential.keyfile(wiping: &bytes))
        }
        try Store.create(
            in: scratch.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey)
        let now = SharedTime()
        var configuration = StoreConfiguration()
        configuration.leaseClock = MonotonicClock { now.value.withLock { $0 } }
        let store = try Store.open(
            in: scratch.path, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
            configuration: configuration)
        defer { store.close() }
        let id = LeaseID(5)
        _ = try store.write(.grantLease(id, ttl: .seconds(1_000)))
        now.value.withLock { $0 = .seconds(999) }
        #expect(try store.keepAlive(id) == .seconds(1_000))
        // The writer, which would end it, stands still.
        let (isThere, renewed, other) = try store.visit { _ throws(StoreError) in
            now.value.withLock { $0 = .seconds(2_000) }
            return (
                try store.timeToLive(of: id, wantsKeys: false) != nil, try store.keepAlive(id),
                try store.keepAlive(LeaseID(6))
            )
        }
        #expect(isThere && renewed == nil && other == nil)
    }

    private final class SharedTime: Sendable {
        let value = Mutex(Duration.zero)
    }
}
