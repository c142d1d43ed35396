import RPC
import Synchronization

/// Remembers what it was told, and what of it was committed.
final class TestJournal: CallJournal, Sendable {
    struct Entry: Equatable {
        var path: String
        var code: StatusCode
    }

    private struct State {
        var noted: [Entry] = []
        var committed: [Entry] = []
        var batches: [Int] = []
        var failure: Status?
    }
    private let state = Mutex(State())

    var committed: [Entry] { state.withLock { $0.committed } }

    /// How many lines each commit wrote.
    var batches: [Int] { state.withLock { $0.batches } }

    func fail(with status: Status?) {
        state.withLock { $0.failure = status }
    }

    func answered(_ call: UnaryCall, _ status: Status) {
        let entry = Entry(path: call.path, code: status.code)
        state.withLock { $0.noted.append(entry) }
    }

    func refused(path: String, caller: Caller, _ status: Status) -> Status {
        let entry = Entry(path: path, code: status.code)
        state.withLock { $0.noted.append(entry) }
        return status
    }

    func commit() -> Status? {
        state.withLock { state in
            if state.failure == nil {
                state.committed += state.noted
                state.batches.append(state.noted.count)
            }
            state.noted = []
            return state.failure
        }
    }
}
