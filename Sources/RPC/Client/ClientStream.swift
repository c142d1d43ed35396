public import NIOCore

/// A streaming call, seen from the client. One task may read while another sends.
public final class ClientStream: Sendable {
    /// The messages that the server sends. Ends when the call ends well; throws its `Status`
    /// otherwise. To be read by one task, once.
    public struct Messages: AsyncSequence, Sendable {
        public typealias Element = ByteBuffer

        /// Takes one message after the other.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let stream: ClientStream

            /// The next message; nil at the good end of the call.
            public mutating func next() async throws -> ByteBuffer? {
                try await stream.next(isolation: nil)
            }

            /// The same for a loop, on the actor that it runs on: without it each message would
            /// go over another thread.
            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws -> ByteBuffer? {
                try await stream.next(isolation: actor)
            }
        }

        let stream: ClientStream

        /// Starts reading.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(stream: stream)
        }
    }

    private let call: ClientCall
    private let link: ClientLink

    init(call: ClientCall, link: ClientLink) {
        self.call = call
        self.link = link
    }

    deinit {
        link.cancel(call)
    }

    /// The server's messages.
    public var messages: Messages { Messages(stream: self) }

    /// Sends a message, after waiting while too much is unsent. Throws the call's `Status` when it
    /// is over.
    public func send(_ message: ByteBuffer) async throws {
        try await withTaskCancellationHandler {
            // With the five bytes of the message's prefix.
            try await call.reserve(message.readableBytes + 5)
        } onCancel: {
            link.cancel(call)
        }
        link.run { [call] in $0.send(call, message) }
    }

    /// Tells the server that nothing more comes.
    public func finishSending() {
        link.run { [call] in $0.finishSending(call) }
    }

    /// Ends the call; reading throws `cancelled`.
    public func cancel() {
        link.cancel(call)
    }

    private func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
        // A task that was cancelled has to find out, however much there is to read.
        if !Task.isCancelled, let message = call.takeMessage() {
            taken()
            return message
        }
        let message = try await withTaskCancellationHandler(
            operation: { try await call.next(isolation: actor) },
            onCancel: { link.cancel(call) },
            isolation: actor)
        if message != nil { taken() }
        return message
    }

    /// The server may send more once the last message that is here was taken.
    private func taken() {
        if !call.hasMessages { link.run { [call] in $0.messagesTaken(call) } }
    }
}
