import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// A store with a clock and a disk that do what the test says.
final class LeaseFixture {
    private final class World: Sendable {
        let now = Mutex(Duration.zero)
        /// Is added to `now` when the next batch begins.
        let jump = Mutex(Duration.zero)
        let isDiskFull = Mutex(false)
        let failure = CommitFault()

        func takeJump() {
            let time = jump.withLock { jump in
                defer { jump = .zero }
                return jump
            }
            now.withLock { $0 += time }
        }
    }

    private let world: World
    let fixture: StoreFixture
    var store: Store { fixture.store }

    init(quotaBytes: Int64 = Limits.quotaBytesDefault) throws {
        let world = World()
        self.world = world
        fixture = try StoreFixture(quotaBytes: quotaBytes) { configuration in
            configuration.leaseClock = MonotonicClock { world.now.withLock { $0 } }
            configuration.wallClock = WallClock {
                world.takeJump()
                return WallClock.system.now()
            }
            configuration.commitFault = {
                world.isDiskFull.withLock { $0 } ? .diskFull : world.failure.take()
            }
        }
    }

    var now: Duration { world.now.withLock { $0 } }

    var isDiskFull: Bool {
        get { world.isDiskFull.withLock { $0 } }
        set { world.isDiskFull.withLock { $0 = newValue } }
    }

    /// Lets time pass without telling anybody.
    func advance(_ time: Duration) { world.now.withLock { $0 += time } }

    /// Lets time pass, and the writer do what there is to do then.
    func pass(_ time: Duration) throws {
        advance(time)
        store.wakeWriter()
        try settle()
    }

    /// Makes the next commit fail; those after it succeed.
    func failNextCommit(_ error: StoreError) { world.failure.fail(error, after: 0) }

    /// Writes with one commit, when `time` has passed and the writer has not looked at the leases.
    func write(
        _ requests: [WriteRequest], after time: Duration
    ) throws -> [Result<WriteResult, StoreError>] {
        try fixture.writeTogether(requests) { world.jump.withLock { $0 = time } }
    }

    /// Waits until the writer has looked at the leases: it does so after each batch, and takes the
    /// second of these only then.
    func settle() throws {
        _ = try fixture.write(StoreFixture.noWork)
        _ = try fixture.write(StoreFixture.noWork)
    }

    @discardableResult
    func grant(_ id: Int64, _ ttl: Duration) throws -> LeaseGrant {
        guard case .leaseGranted(let grant) = try fixture.write(.grantLease(LeaseID(id), ttl: ttl))
        else { throw TestFailure("a grant was answered with something else") }
        return grant
    }

    func put(_ key: String, lease: Int64 = 0) throws {
        _ = try fixture.write(Self.put(key, lease: lease))
    }

    static func put(_ key: String, lease: Int64 = 0) -> WriteRequest {
        var put = PutOperation(key: Bytes(key.utf8), value: Bytes("value".utf8))
        put.lease = LeaseID(lease)
        return .put(put)
    }

    func delete(_ key: String) throws {
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Bytes(key.utf8)))))
    }

    func revoke(_ id: Int64) throws -> WriteResult {
        try fixture.write(.revokeLease(LeaseID(id)))
    }

    func content() throws -> [KeyValue] {
        var sink = KeyValueSink()
        let scan = try store.scan(RangeQuery(range: .all))
        while try scan.next(into: &sink) == nil {}
        return sink.keyValues
    }

    func keys() throws -> [String] {
        try content().map { String(decoding: $0.key, as: UTF8.self) }
    }

    func keys(of id: Int64) throws -> [String]? {
        try store.timeToLive(of: LeaseID(id), wantsKeys: true)?.keys
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
