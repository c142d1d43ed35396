import Synchronization

/// What writers were told, so that it can be looked for later. Each has keys of its own, and its
/// values rise.
final class WriteLedger: Sendable {
    private struct State {
        var next: [Int: Int] = [:]
        var newest: [String: Int] = [:]
        var count = 0
        var refusals: [String] = []
        var isKilled = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    /// The newest value that was answered, by key.
    var newest: [String: Int] { state.withLock { $0.newest } }
    var refusals: [String] { state.withLock { $0.refusals } }

    /// The server was killed, or is about to be: what fails from now on says nothing.
    var isKilled: Bool {
        get { state.withLock { $0.isKilled } }
        set { state.withLock { $0.isKilled = newValue } }
    }

    func next(of writer: Int) -> Int {
        state.withLock { state in
            state.next[writer, default: 0] += 1
            return state.next[writer, default: 0]
        }
    }

    func answered(_ writer: Int, _ number: Int) {
        state.withLock { state in
            state.newest["w\(writer)/\(number % 50)"] = number
            state.count += 1
        }
    }

    /// Notes what should not have failed.
    func refuse(_ what: String) {
        state.withLock { state in
            if !state.isKilled { state.refusals.append(what) }
        }
    }
}
