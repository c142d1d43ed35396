import RPC
import Synchronization

/// Streams on which nothing may be said for a long time, so that somebody must end them when their
/// service is over. Thread-safe.
final class OpenStreams: Sendable {
    private struct State {
        var calls: [Int: StreamCall] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    /// Remembers `call` until it is removed.
    func add(_ call: StreamCall) -> Int {
        state.withLock { state in
            state.lastID += 1
            state.calls[state.lastID] = call
            return state.lastID
        }
    }

    func remove(_ id: Int) {
        state.withLock { _ = $0.calls.removeValue(forKey: id) }
    }

    func finishAll(_ status: Status) {
        let calls = state.withLock { state in
            defer { state.calls = [:] }
            return state.calls.values
        }
        for call in calls { call.finish(status) }
    }
}
