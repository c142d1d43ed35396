import Synchronization
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultBackup
@testable import VaultStore

/// In a restored vault that nobody has accepted no lease ends; then each has its whole time.
@Suite struct RestoredLeaseTests {
    private final class Time: Sendable {
        let now = Mutex(Duration.zero)

        func pass(_ time: Duration) { now.withLock { $0 += time } }
    }

    private let time = Time()
    private let backed: BackedUpStore
    private let store: Store
    private let id = LeaseID(5)

    init() throws {
        backed = try BackedUpStore()
        _ = try backed.store.write(.grantLease(id, ttl: .seconds(60)))
        try backed.put("k", "v", lease: id)
        let directory = backed.scratch.file("restored")
        let opened = try backed.opened(try backed.archive("full"))
        let report = try Restore.run(opened, into: directory)
        #expect(report.leases == 1)
        var configuration = StoreConfiguration()
        configuration.leaseClock = MonotonicClock { [time] in time.now.withLock { $0 } }
        store = try backed.openRestored(directory, configuration: configuration)
    }

    private func put(_ key: String) throws {
        _ = try store.write(.put(PutOperation(key: Bytes(key.utf8), value: [1])))
    }

    /// Has the writer look at the leases, and waits: it looks after each batch, and takes the
    /// second of these only then.
    private func look() throws {
        store.wakeWriter()
        let nothing = DeleteOperation(range: KeyRange(key: [0xff, 0xff]))
        for _ in 0..<2 { _ = try store.write(.delete(nothing)) }
    }

    private var hasKey: Bool { get throws { try store.content()["k"] != nil } }

    @Test func noLeaseEndsByItself() throws {
        time.pass(.seconds(1_000))
        try look()
        #expect(try hasKey)
        #expect(try store.timeToLive(of: id, wantsKeys: false)?.granted == .seconds(60))
    }

    @Test func noLeaseEndsWithWhatIsWritten() throws {
        time.pass(.seconds(1_000))
        try put("other")
        #expect(try hasKey)
    }

    @Test func onceTheVaultIsAcceptedALeaseHasItsWholeTime() throws {
        time.pass(.seconds(1_000))
        _ = try store.write(.accept)
        #expect(store.quarantinedSince == nil)
        time.pass(.seconds(59))
        try look()
        try put("other")
        #expect(try hasKey)
        time.pass(.seconds(2))
        try look()
        #expect(try !hasKey)
    }
}
