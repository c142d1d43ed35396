import Synchronization

/// Bytes of requests of one user that wait in the server, over all of the user's connections:
/// heads of open streams, messages that are not whole, messages that wait for a handler.
final class WaitingBytes: Sendable {
    private let count = Atomic<Int>(0)

    /// Counts a change, and says how many there are now.
    func add(_ change: Int) -> Int {
        count.wrappingAdd(change, ordering: .relaxed).newValue
    }
}
