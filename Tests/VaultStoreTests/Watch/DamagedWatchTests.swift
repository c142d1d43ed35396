import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// A watcher that meets a record that is not what was written.
@Suite struct DamagedWatchTests {
    @Test func damageEndsWatchingAndTheOwnerHearsOfIt() throws {
        let heard = Mutex<[StoreError]>([])
        let fixture = try StoreFixture {
            $0.whenFailed = { error in heard.withLock { $0.append(error) } }
        }
        let victim = Bytes("victim".utf8)
        _ = try fixture.write(.put(PutOperation(key: Bytes("small".utf8), value: [1])))
        let pages = try ChangedPages(of: fixture.directory + "/data.mdb")
        let value = Bytes(repeating: 7, count: 120_000)
        _ = try fixture.write(.put(PutOperation(key: victim, value: value)))
        try pages.damage()
        let other = CollectingReceiver()
        let others = try fixture.store.watch(other)
        others.create(WatchRequest(range: KeyRange(key: Bytes("other".utf8))))
        try other.wait { !$0.created.isEmpty }
        let receiver = CollectingReceiver()
        let stream = try fixture.store.watch(receiver)
        var request = WatchRequest(range: KeyRange(key: victim))
        request.startRevision = Revision(1)
        stream.create(request)
        try receiver.wait { $0.isClosed }
        try other.wait { $0.isClosed }
        let errors = heard.withLock { $0 }
        #expect(errors.count == 1)
        guard case .damaged? = errors.first else { throw TestFailure("heard \(errors)") }
        // What comes later is refused, and does not wait for a thread that is gone.
        let late = CollectingReceiver()
        #expect(throws: StoreError.closed) { _ = try fixture.store.watch(late) }
        fixture.store.close()
        #expect(other.seen.afterClosed == 0)
    }
}
