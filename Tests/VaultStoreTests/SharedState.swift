import Synchronization

/// What the threads of a test tell each other.
final class SharedState: Sendable {
    private let over = Atomic(false)
    private let counted = Atomic(0)
    private let found = Mutex<[String]>([])

    var isOver: Bool { over.load(ordering: .relaxed) }
    func end() { over.store(true, ordering: .relaxed) }

    /// Things done so far.
    var count: Int { counted.load(ordering: .relaxed) }
    func add() { counted.add(1, ordering: .relaxed) }

    var complaints: [String] { found.withLock { $0 } }
    func complain(_ what: String) { found.withLock { $0.append(what) } }
}
