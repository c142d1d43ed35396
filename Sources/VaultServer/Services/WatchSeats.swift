import Synchronization
import VaultAccess

/// Whose quotas the watchers of one stream count for. Thread-safe.
///
/// Watchers get their ids from the store, in the order in which they were asked for.
final class WatchSeats: Sendable {
    private struct State {
        /// Asked for, and not answered yet; nil for those that count for nobody.
        var asked: [QuotaOwner?] = []
        var taken: [Int64: QuotaOwner] = [:]
        var isClosed = false
    }

    private let quotas: QuotaGate
    private let countsNothing: Bool
    private let state = Mutex(State())

    init(_ quotas: QuotaGate) {
        self.quotas = quotas
        countsNothing = !quotas.limits(.watch)
    }

    /// A request for a watcher goes to the store, to be counted for `owner`. False when the owner
    /// has as many as it may: then the store is to refuse it, and it counts for nobody.
    func take(for owner: @autoclosure () -> QuotaOwner) -> Bool {
        guard !countsNothing else { return true }
        let owner = owner()
        let isTaken = quotas.begin(.watch, by: owner) == nil
        add(isTaken ? owner : nil)
        return isTaken
    }

    /// A request goes to the store that counts for nobody.
    func pass() {
        guard !countsNothing else { return }
        add(nil)
    }

    private func add(_ owner: QuotaOwner?) {
        let isLate = state.withLock { state in
            if !state.isClosed { state.asked.append(owner) }
            return state.isClosed
        }
        if isLate, let owner { quotas.end(.watch, by: owner) }
    }

    func created(_ watchID: Int64) {
        guard !countsNothing else { return }
        state.withLock { state in
            guard !state.asked.isEmpty, let owner = state.asked.removeFirst() else { return }
            state.taken[watchID] = owner
        }
    }

    func refused() {
        guard !countsNothing else { return }
        let owner = state.withLock { $0.asked.isEmpty ? nil : $0.asked.removeFirst() }
        if let owner { quotas.end(.watch, by: owner) }
    }

    func ended(_ watchID: Int64) {
        guard !countsNothing else { return }
        let owner = state.withLock { $0.taken.removeValue(forKey: watchID) }
        if let owner { quotas.end(.watch, by: owner) }
    }

    /// The stream is over, and all of its watchers.
    func close() {
        guard !countsNothing else { return }
        let owners = state.withLock { state in
            defer {
                state.asked = []
                state.taken = [:]
            }
            state.isClosed = true
            return state.asked.compactMap { $0 } + state.taken.values
        }
        for owner in owners { quotas.end(.watch, by: owner) }
    }
}
