/// What waits in a `WorkQueue`: its bounds, and whose turn is next.
protocol Backlog: Sendable {
    var isEmpty: Bool { get }
}
