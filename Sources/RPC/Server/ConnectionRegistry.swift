import NIOCore
import Synchronization

/// Counts connections in all and per user, and knows the open ones.
final class ConnectionRegistry: Sendable {
    private struct State {
        var count = 0
        var users: [UInt32: User] = [:]
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private struct User {
        var count = 0
        let waitingBytes = WaitingBytes()
        let unread: UnreadAnswers
    }

    private let state = Mutex(State())
    private let unread: UnreadAnswers.Total

    init(unreadBytesMax: Int) {
        unread = UnreadAnswers.Total(bytesMax: unreadBytesMax)
    }

    /// Counts a new connection, or says why there may be none.
    ///
    /// - Parameter isKept: places are kept for it, and the limit of its user does not hold.
    func admit(
        _ peer: PeerCredentials, limits: ServerLimits, isKept: Bool = false
    ) -> Admission {
        let max = limits.connectionsMax - (isKept ? 0 : limits.connectionsKept)
        return state.withLock { state in
            if state.isDraining { return .refused(reason: "the server is shutting down") }
            guard state.count < max else { return .refused(reason: "too many connections") }
            var user =
                state.users[peer.userID]
                ?? User(unread: UnreadAnswers(unread, isUnlimited: isKept))
            guard isKept || user.count < limits.connectionsPerUserMax else {
                return .refused(reason: "too many connections of this user")
            }
            state.count += 1
            user.count += 1
            state.users[peer.userID] = user
            return .admitted(
                ConnectionTicket(
                    peer: peer, waitingBytes: user.waitingBytes, unread: user.unread,
                    registry: self))
        }
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
            state.users[ticket.peer.userID]?.count -= 1
            if state.users[ticket.peer.userID]?.count == 0 {
                state.users[ticket.peer.userID] = nil
            }
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
