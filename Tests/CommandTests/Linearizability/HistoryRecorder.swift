import Synchronization

/// What several clients asked and were told, by a clock that only counts: whatever was over before
/// another thing began has the lower number.
final class HistoryRecorder: Sendable {
    /// What an answer says beside the register's content.
    struct Telling: Sendable {
        let client: Int
        let invoked: Int
        let returned: Int
        /// The store's revision as the header has it.
        let header: Int64
        /// The revision that the operation made, nil when it changed nothing.
        let made: Int64?
        /// The index of the operation.
        let operation: Int
    }

    private struct State {
        var clock = 0
        var operations: [RegisterOperation] = []
        var tellings: [Telling] = []
        var lastSeen: [Int: Int] = [:]
        var underWay: Set<Int> = []
        var values = 0
        var isOver = false
    }

    private let state = Mutex(State())

    /// Every operation, in the order in which they began.
    var operations: [RegisterOperation] { state.withLock { $0.operations } }
    /// Every answer, in the order in which they came.
    var tellings: [Telling] { state.withLock { $0.tellings } }
    var answered: Int { state.withLock { $0.tellings.count } }
    var underWay: Int { state.withLock { $0.underWay.count } }

    /// Nobody shall begin anything more.
    var isOver: Bool { state.withLock { $0.isOver } }

    func finish() { state.withLock { $0.isOver = true } }

    /// A number that nobody has written yet.
    func newValue() -> Int {
        state.withLock {
            $0.values += 1
            return $0.values
        }
    }

    /// What somebody last found under the key: a good guess of what is there.
    func lastSeen(_ key: Int) -> Int? { state.withLock { $0.lastSeen[key] } }

    /// An operation begins. Returns its index.
    func begin(_ action: RegisterOperation.Action, key: Int, client: Int) -> Int {
        state.withLock { state in
            state.clock += 1
            state.operations.append(
                RegisterOperation(client: client, key: key, action: action, invoked: state.clock))
            state.underWay.insert(state.operations.count - 1)
            return state.operations.count - 1
        }
    }

    func end(
        _ index: Int, _ answer: RegisterOperation.Answer, header: Int64, made: Int64?
    ) {
        state.withLock { state in
            state.clock += 1
            state.operations[index].returned = state.clock
            state.operations[index].answer = answer
            state.underWay.remove(index)
            let operation = state.operations[index]
            state.tellings.append(
                Telling(
                    client: operation.client, invoked: operation.invoked, returned: state.clock,
                    header: header, made: made, operation: index))
            switch (operation.action, answer) {
            case (_, .holds(let value)): state.lastSeen[operation.key] = value
            case (.put(let new), _), (.swap(_, let new), _): state.lastSeen[operation.key] = new
            case (.delete, _), (.get, _): state.lastSeen[operation.key] = nil
            }
        }
    }

    /// The server's process is gone, and with it everything that was not answered.
    func cutOff() {
        state.withLock { state in
            state.clock += 1
            for index in state.underWay { state.operations[index].returned = state.clock }
            state.underWay = []
        }
    }
}
