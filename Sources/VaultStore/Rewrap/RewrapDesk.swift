import Synchronization

/// The sweep that seals older records again: others begin and end it, the writer carries it out.
/// What is to be done after it is held no longer than the sweep: it may hold the store itself.
final class RewrapDesk: Sendable {
    /// Hears on the writer's thread that nothing is left under a key before this one.
    typealias Completion = @Sendable (_ target: UInt32) -> Void

    private struct UnderWay {
        var sweep: RewrapSweep
        var completion: Completion
    }

    private struct State {
        var current: UnderWay?
        var lastID: UInt64 = 0
        /// The store is closed.
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Begins a sweep; or goes on with the one under way, at the new rate, when it has the same
    /// end.
    func start(
        target: UInt32, recordsPerSecond: Int, completion: @escaping Completion
    ) {
        state.withLock { state in
            guard !state.isClosed else { return }
            if var current = state.current, current.sweep.target == target {
                current.sweep.recordsPerSecond = max(recordsPerSecond, 1)
                current.completion = completion
                state.current = current
                return
            }
            state.lastID += 1
            let sweep = RewrapSweep(
                id: state.lastID, target: target, recordsPerSecond: recordsPerSecond)
            state.current = UnderWay(sweep: sweep, completion: completion)
        }
    }

    /// Ends what is under way. What was sealed again stays so. False when there was nothing.
    func stop() -> Bool { takeCurrent() != nil }

    /// Ends what is under way, and begins nothing any more.
    func close() {
        state.withLock { $0.isClosed = true }
        _ = takeCurrent()
    }

    /// What is taken goes outside of the lock: the last one to hold a store closes it.
    private func takeCurrent() -> UnderWay? {
        state.withLock { state in
            defer { state.current = nil }
            return state.current
        }
    }

    var sweep: RewrapSweep? { state.withLock { $0.current?.sweep } }

    /// Puts back what the writer took and carried on, unless it was ended or exchanged meanwhile.
    func put(_ sweep: RewrapSweep) {
        let finished: Completion? = state.withLock { state in
            guard var current = state.current, current.sweep.id == sweep.id else { return nil }
            guard !sweep.isFinished else { return current.completion }
            let rate = current.sweep.recordsPerSecond
            current.sweep = sweep
            current.sweep.recordsPerSecond = rate
            state.current = current
            return nil
        }
        guard let finished else { return }
        // Before it is over for those who look, so that they see what follows under way.
        finished(sweep.target)
        let ended: UnderWay? = state.withLock { state in
            guard let current = state.current, current.sweep.id == sweep.id else { return nil }
            state.current = nil
            return current
        }
        withExtendedLifetime(ended) {}
    }

    /// Another file is in the place of the store's.
    func restart() {
        state.withLock { $0.current?.sweep.restart() }
    }
}
