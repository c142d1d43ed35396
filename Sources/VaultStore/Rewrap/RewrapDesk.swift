import Synchronization

/// The sweep that seals older records again: others begin and end it, the writer carries it out.
final class RewrapDesk: Sendable {
    /// Hears on the writer's thread that nothing is left under a key before this one.
    typealias Completion = @Sendable (_ target: UInt32) -> Void

    private struct State {
        var sweep: RewrapSweep?
        var completion: Completion?
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Begins a sweep; or goes on with the one under way, at the new rate, when it has the same
    /// end.
    func start(
        target: UInt32, recordsPerSecond: Int, completion: @escaping Completion
    ) {
        state.withLock { state in
            state.completion = completion
            guard state.sweep?.target != target else {
                state.sweep?.recordsPerSecond = max(recordsPerSecond, 1)
                return
            }
            state.lastID += 1
            state.sweep = RewrapSweep(
                id: state.lastID, target: target, recordsPerSecond: recordsPerSecond)
        }
    }

    /// Ends what is under way. What was sealed again stays so. False when there was nothing.
    func stop() -> Bool {
        state.withLock { state in
            defer { state.sweep = nil }
            return state.sweep != nil
        }
    }

    var sweep: RewrapSweep? { state.withLock { $0.sweep } }

    /// Puts back what the writer took and carried on, unless it was ended or exchanged meanwhile.
    func put(_ sweep: RewrapSweep) {
        let completion: Completion? = state.withLock { state in
            guard let current = state.sweep, current.id == sweep.id else { return nil }
            guard sweep.isFinished else {
                state.sweep = sweep
                state.sweep?.recordsPerSecond = current.recordsPerSecond
                return nil
            }
            return state.completion
        }
        guard sweep.isFinished, let completion else { return }
        // Before it is over for those who look, so that they see what follows under way.
        completion(sweep.target)
        state.withLock { state in
            if state.sweep?.id == sweep.id { state.sweep = nil }
        }
    }

    /// Another file is in the place of the store's.
    func restart() {
        state.withLock { $0.sweep?.restart() }
    }
}
