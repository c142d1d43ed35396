import NIOCore

/// One thing that another thread (or a handler) asks of a call.
enum Posting: Sendable {
    case answer(UnaryCall, UnaryResult)
    /// Something is in the call's outbox.
    case send(StreamCall)
    case finish(StreamCall, Status)
    case resumeReading(StreamCall)
    /// The call has nothing to send and its user no room.
    case lacksRoom(StreamCall)

    /// Performs it on the event loop; returns the connection that has something to flush.
    func perform() -> ServerConnection? {
        switch self {
        case .answer(let call, let result):
            let connection = call.connection
            connection?.answer(call, result)
            call.releaseClaim()
            return connection
        case .send(let call):
            let connection = call.connection
            connection?.sendOutbox(of: call)
            return connection
        case .finish(let call, let status):
            let connection = call.connection
            connection?.finish(call, status)
            return connection
        case .resumeReading(let call):
            let connection = call.connection
            connection?.resumeReading(call)
            return connection
        case .lacksRoom(let call):
            call.connection?.lookForRoomLater(for: call)
            return nil
        }
    }
}
