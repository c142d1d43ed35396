import NIOCore
import Synchronization

/// Counts connections in all and per user, and knows the open ones.
final class ConnectionRegistry: Sendable {
    private struct State {
        var count = 0
        var countOfUser: [UInt32: Int] = [:]
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Counts a new connection, or says why there may be none.
    func admit(_ peer: PeerCredentials, limits: ServerLimits) -> Admission {
        let reason: String? = state.withLock { state in
            if state.isDraining { return "the server is shutting down" }
            guard state.count < limits.connectionsMax else { return "too many connections" }
            guard state.countOfUser[peer.userID, default: 0] < limits.connectionsPerUserMax else {
                return "too many connections of this user"
            }
            state.count += 1
            state.countOfUser[peer.userID, default: 0] += 1
            return nil
        }
        return reason.map { .refused(reason: $0) }
            ?? .admitted(ConnectionTicket(peer: peer, registry: self))
    }

    /// Remembers the channel of an admitted connection; one that comes while the server drains
    /// is told so.
    func add(_ ticket: ConnectionTicket, _ channel: any Channel) {
        let isDraining = state.withLock { state in
            state.channels[ObjectIdentifier(ticket)] = channel
            return state.isDraining
        }
        if isDraining {
            channel.pipeline.fireUserInboundEventTriggered(ServerSignal.drain)
        }
    }

    /// Called by the ticket, once.
    func release(_ ticket: ConnectionTicket) {
        let waiting = state.withLock { state in
            state.channels[ObjectIdentifier(ticket)] = nil
            state.count -= 1
            let left = state.countOfUser[ticket.peer.userID, default: 1] - 1
            state.countOfUser[ticket.peer.userID] = left > 0 ? left : nil
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting {
            continuation.resume()
        }
    }

    /// The number of connections.
    var count: Int { state.withLock { $0.count } }

    /// Refuses further connections.
    func beginDraining() {
        state.withLock { $0.isDraining = true }
    }

    func signal(_ signal: ServerSignal) {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(signal)
        }
    }

    /// Returns once there is no connection.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.count > 0 { state.waiting.append(continuation) }
                return state.count == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
