import Synchronization

@testable import VaultStore

/// Waits until the watch thread has done what it was asked before.
final class WatchBarrier: WatchReceiver {
    private let monitor = Monitor()
    private let passed = Mutex(0)
    private let asked = Mutex(0)
    private let stream = Mutex<WatchStream?>(nil)

    func open(on store: Store) throws(StoreError) {
        let opened = try store.watch(self)
        stream.withLock { $0 = opened }
    }

    func pass() {
        guard let stream = stream.withLock({ $0 }) else { return }
        let turn = asked.withLock { asked in
            asked += 1
            return asked
        }
        // Nobody is there: answered all the same.
        stream.cancel(1)
        monitor.locked {
            while passed.withLock({ $0 }) < turn { monitor.wait(until: nil) }
        }
    }

    /// The store is about to be closed.
    func close() { stream.withLock { $0 = nil } }

    var room: Int { 1 }

    func caughtUpWithRequests() {
        monitor.locked { passed.withLock { $0 += 1 } }
        monitor.signal()
    }

    func created(_ watchID: Int64, revision: Revision) {}
    func refused(_ refusal: WatchRefusal, revision: Revision) {}
    func deliver(_ delivery: WatchDelivery) {}
    func cancelled(_ watchID: Int64, revision: Revision, compactRevision: Revision?) {}
    func progressed(_ watchID: Int64?, revision: Revision) {}
    func closed() {}
}
