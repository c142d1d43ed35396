import Synchronization
import VaultAccess
import VaultStore

/// Which ranges the watchers of one stream were granted, so that they can be taken away.
/// Thread-safe.
///
/// Watchers get their ids from the store, in the order in which they were asked for.
final class WatchGrants: Sendable {
    private struct State {
        /// Asked for, and not answered yet; nil for what was refused.
        var asked: [KeyRange?] = []
        var granted: [Int64: KeyRange] = [:]
        /// Taken away; the store still has to end them.
        var revoked: Set<Int64> = []
    }

    private let state = Mutex(State())
    private let hasRevoked = Atomic<Bool>(false)
    /// Root and the daemon's user lose nothing: nothing is kept for them.
    private let keepsNothing: Bool
    private let recheck: @Sendable () -> Void
    /// A watcher was taken away before the store had made it.
    private let isRecheckDue = Atomic<Bool>(false)

    /// `recheck` is called, on any thread, when the rules changed while a watcher was being made.
    init(keepsNothing: Bool, recheck: @escaping @Sendable () -> Void) {
        self.keepsNothing = keepsNothing
        self.recheck = recheck
    }

    /// A request for a watcher goes to the store; nil when it is to be refused there.
    func asked(_ range: KeyRange?) {
        guard !keepsNothing else { return }
        state.withLock { $0.asked.append(range) }
    }

    func created(_ watchID: Int64) {
        guard !keepsNothing else { return }
        state.withLock { state in
            guard !state.asked.isEmpty, let range = state.asked.removeFirst() else { return }
            state.granted[watchID] = range
        }
        if isRecheckDue.exchange(false, ordering: .acquiringAndReleasing) { recheck() }
    }

    func refused() {
        guard !keepsNothing else { return }
        state.withLock { if !$0.asked.isEmpty { $0.asked.removeFirst() } }
    }

    /// Whether an event may still go out.
    func allows(_ watchID: Int64) -> Bool {
        guard hasRevoked.load(ordering: .acquiring) else { return true }
        return state.withLock { !$0.revoked.contains(watchID) }
    }

    /// A watcher has ended; false when because it was taken away.
    func ended(_ watchID: Int64) -> Bool {
        guard !keepsNothing else { return true }
        return state.withLock { state in
            state.granted[watchID] = nil
            return state.revoked.remove(watchID) == nil
        }
    }

    /// Takes away what `rights` do not allow: nothing of it goes out from now on. Returns the
    /// watchers to end.
    func revoke(beyond rights: Rights) -> [Int64] {
        guard !keepsNothing else { return [] }
        let revoked = state.withLock { state in
            let revoked = state.granted.filter { !rights.allowsRead($0.value) }.map(\.key)
            for id in revoked { state.granted[id] = nil }
            state.revoked.formUnion(revoked)
            if !state.asked.isEmpty { isRecheckDue.store(true, ordering: .releasing) }
            return revoked
        }
        if !revoked.isEmpty { hasRevoked.store(true, ordering: .releasing) }
        return revoked
    }
}
