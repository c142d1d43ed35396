import Synchronization

/// One connection's place in the count of all; given back once, however the connection ends.
final class ConnectionTicket: Sendable {
    let peer: PeerCredentials
    /// Shared by all connections of the user.
    let waitingBytes: WaitingBytes
    let unread: UnreadAnswers
    private let registry: ConnectionRegistry
    private let isReleased = Atomic<Bool>(false)

    init(
        peer: PeerCredentials, waitingBytes: WaitingBytes, unread: UnreadAnswers,
        registry: ConnectionRegistry
    ) {
        self.peer = peer
        self.waitingBytes = waitingBytes
        self.unread = unread
        self.registry = registry
    }

    func release() {
        if !isReleased.exchange(true, ordering: .acquiringAndReleasing) {
            registry.release(self)
        }
    }
}
