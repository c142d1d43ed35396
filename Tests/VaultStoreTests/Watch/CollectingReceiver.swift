import Synchronization
import VaultStore
import VaultTestSupport

/// Keeps what it is told, and has as much room as the test says.
final class CollectingReceiver: WatchReceiver {
    struct Seen {
        var created: [Int64] = []
        var refused: [WatchRefusal] = []
        var events: [Int64: [WatchEvent]] = [:]
        var deliveries: [[WatchEvent]] = []
        var cancelled: [Int64] = []
        var progress: [Int64] = []
        var isClosed = false
        /// The store's revision when the watcher was made, by its id.
        var madeAt: [Int64: Int64] = [:]
        /// Calls that came after the last one.
        var afterClosed = 0
    }

    private let state = Mutex(Seen())
    private let left = Mutex(1 << 30)

    var seen: Seen { state.withLock { $0 } }
    var room: Int { left.withLock { $0 } }

    func setRoom(_ room: Int) {
        left.withLock { $0 = room }
    }

    /// Waits until what was seen satisfies `condition`.
    func wait(_ condition: (Seen) -> Bool) throws {
        guard Waiting.until(.seconds(30), { condition(seen) }) else {
            let seen = seen
            throw TestFailure(
                "created \(seen.created), cancelled \(seen.cancelled), progress \(seen.progress), "
                    + "events \(seen.events.mapValues(\.count))")
        }
    }

    func created(_ watchID: Int64, revision: Revision) {
        state.withLock {
            $0.created.append(revision.rawValue)
            $0.madeAt[watchID] = revision.rawValue
            $0.noteCall()
        }
    }

    func refused(_ refusal: WatchRefusal, revision: Revision) {
        state.withLock {
            $0.refused.append(refusal)
            $0.noteCall()
        }
    }

    func deliver(_ delivery: WatchDelivery) {
        left.withLock { left in
            for event in delivery.events {
                left -= event.key.count + event.value.count
                if delivery.wantsPrevious { left -= event.previous?.value.count ?? 0 }
            }
        }
        state.withLock {
            $0.events[delivery.watchID, default: []] += delivery.events
            $0.deliveries.append(delivery.events)
            $0.noteCall()
        }
    }

    func cancelled(_ watchID: Int64, revision: Revision, compactRevision: Revision?) {
        state.withLock {
            $0.cancelled.append(compactRevision?.rawValue ?? 0)
            $0.noteCall()
        }
    }

    func progressed(_ watchID: Int64?, revision: Revision) {
        state.withLock {
            $0.progress.append(revision.rawValue)
            $0.noteCall()
        }
    }

    func caughtUpWithRequests() {}

    func closed() {
        state.withLock {
            $0.noteCall()
            $0.isClosed = true
        }
    }
}

extension CollectingReceiver.Seen {
    fileprivate mutating func noteCall() {
        if isClosed { afterClosed += 1 }
    }
}
