import Synchronization
import VaultAccess
import VaultStore

/// Which ranges the watchers of one stream were granted, so that they can be taken away.
/// Thread-safe.
///
/// Watchers get their ids from the store, in the order in which they were asked for.
final class WatchGrants: Sendable {
    private struct Asked {
        /// nil for what was refused.
        var range: KeyRange?
        /// Taken away before the store made the watcher.
        var isRevoked = false
    }

    private struct State {
        /// Asked for, and not answered yet.
        var asked: [Asked] = []
        var granted: [Int64: KeyRange] = [:]
        /// Taken away; nothing of them goes out any more.
        var revoked: Set<Int64> = []
        /// Those of them that the store does not know to be over.
        var endings: [Int64] = []
        /// Who asked.
        var subject: Subject?

        mutating func take(_ watchID: Int64) {
            revoked.insert(watchID)
            endings.append(watchID)
        }
    }

    private let state = Mutex(State())
    private let hasRevoked = Atomic<Bool>(false)
    /// Root and the daemon's user lose nothing: nothing is kept for them.
    private let keepsNothing: Bool
    private let recheck: @Sendable () -> Void

    /// `recheck` is called, on any thread, when there are endings to take.
    init(keepsNothing: Bool, recheck: @escaping @Sendable () -> Void) {
        self.keepsNothing = keepsNothing
        self.recheck = recheck
    }

    /// A request for a watcher goes to the store; nil when it is to be refused there.
    func asked(_ range: KeyRange?, by subject: Subject) {
        guard !keepsNothing else { return }
        state.withLock { state in
            state.asked.append(Asked(range: range))
            state.subject = subject
        }
    }

    func created(_ watchID: Int64) {
        guard !keepsNothing else { return }
        let isRevoked = state.withLock { state in
            guard !state.asked.isEmpty else { return false }
            let asked = state.asked.removeFirst()
            guard !asked.isRevoked else {
                state.take(watchID)
                hasRevoked.store(true, ordering: .releasing)
                return true
            }
            state.granted[watchID] = asked.range
            return false
        }
        if isRevoked { recheck() }
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

    /// Takes away what whoever asked may not read any more by the rules in force: once this has
    /// returned, nothing of it goes out.
    func revoke(by access: AccessControl) {
        guard !keepsNothing, let subject = state.withLock({ $0.subject }) else { return }
        revoke(beyond: access.rights(of: subject))
    }

    /// Takes away what `rights` do not allow.
    func revoke(beyond rights: Rights) {
        guard !keepsNothing else { return }
        state.withLock { state in
            for (id, range) in state.granted where !rights.allowsRead(range) {
                state.granted[id] = nil
                state.take(id)
            }
            for index in state.asked.indices {
                guard let range = state.asked[index].range, !rights.allowsRead(range) else {
                    continue
                }
                state.asked[index].isRevoked = true
            }
            if !state.revoked.isEmpty { hasRevoked.store(true, ordering: .releasing) }
        }
    }

    /// The watchers that the store is to end.
    func takeEndings() -> [Int64] {
        guard !keepsNothing else { return [] }
        return state.withLock { state in
            defer { state.endings = [] }
            return state.endings
        }
    }
}
