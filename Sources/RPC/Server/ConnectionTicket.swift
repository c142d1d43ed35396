import Synchronization

/// One connection's place in the count of all; given back once, however the connection ends.
final class ConnectionTicket: Sendable {
    let peer: PeerCredentials
    private let registry: ConnectionRegistry
    private let isReleased = Atomic<Bool>(false)

    init(peer: PeerCredentials, registry: ConnectionRegistry) {
        self.peer = peer
        self.registry = registry
    }

    func release() {
        if !isReleased.exchange(true, ordering: .acquiringAndReleasing) {
            registry.release(self)
        }
    }
}
