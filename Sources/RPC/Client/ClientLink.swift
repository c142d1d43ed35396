import NIOCore

/// The way from any thread to a client's connection.
struct ClientLink: Sendable {
    let channel: any Channel
    private let connection: NIOLoopBound<ClientConnection>

    init(channel: any Channel, connection: NIOLoopBound<ClientConnection>) {
        self.channel = channel
        self.connection = connection
    }

    /// Runs `body` on the event loop, in the order of the calls of one task.
    func run(_ body: @escaping @Sendable (ClientConnection) -> Void) {
        channel.eventLoop.execute { body(connection.value) }
    }

    func cancel(_ call: ClientCall) {
        run { $0.cancel(call, Status(.cancelled, "the call was cancelled")) }
    }
}
