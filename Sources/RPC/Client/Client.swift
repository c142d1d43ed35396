public import NIOCore
import NIOPosix

/// A gRPC client with one connection to a UNIX socket. It does not reconnect: a lost connection
/// fails its calls with `unavailable`, and a new client is made.
public final class Client: Sendable {
    private let link: ClientLink
    private let limits: ClientLimits

    private init(link: ClientLink, limits: ClientLimits) {
        self.link = link
        self.limits = limits
    }

    deinit {
        link.run { $0.shutDown() }
    }

    /// Connects. Throws a `Status` (`unavailable`) when nobody answers at `socketPath`.
    public static func connect(
        socketPath: String, group: any EventLoopGroup, limits: ClientLimits = ClientLimits()
    ) async throws -> Client {
        do {
            let link = try await ClientBootstrap(group: group)
                .channelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(
                        minimum: 1024, initial: 2048, maximum: limits.readBytesMax)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ClientConnection(limits: limits))
                    }
                }
                .connect(unixDomainSocketPath: socketPath)
                .flatMapThrowing { channel in
                    let connection = try channel.pipeline.syncOperations.handler(
                        type: ClientConnection.self)
                    return ClientLink(
                        channel: channel,
                        connection: NIOLoopBound(connection, eventLoop: channel.eventLoop))
                }
                .get()
            return Client(link: link, limits: limits)
        } catch {
            throw Status(.unavailable, "cannot connect to \(socketPath): \(error)")
        }
    }

    /// One request, one response. Throws the call's `Status` when that is not OK.
    public func unary(
        _ path: String, _ message: ByteBuffer, metadata: Metadata = [:], timeout: Duration? = nil
    ) async throws -> ByteBuffer {
        let stream = start(
            ClientRequest(path: path, metadata: metadata, timeout: timeout), message: message)
        var messages = stream.messages.makeAsyncIterator()
        guard let response = try await messages.next() else {
            throw Status(.internal, "the server answered without a message")
        }
        guard try await messages.next() == nil else {
            throw Status(.internal, "the server answered with more than one message")
        }
        return response
    }

    /// Opens a stream in both directions.
    ///
    /// - Parameter recyclesMessages: the memory of messages that nobody has any more is used for
    ///   the next, and not wiped before. For large ones that hold nothing secret.
    public func stream(
        _ path: String, metadata: Metadata = [:], timeout: Duration? = nil,
        recyclesMessages: Bool = false
    ) async throws -> ClientStream {
        start(
            ClientRequest(
                path: path, metadata: metadata, timeout: timeout,
                recyclesMessages: recyclesMessages),
            message: nil)
    }

    /// Finishes the calls under way and closes the connection.
    public func close() async {
        link.run { $0.shutDown() }
        // Closing is all that was asked for; how the channel came to its end does not matter.
        _ = await link.channel.closeFuture.asResult()
    }

    private func start(_ request: ClientRequest, message: ByteBuffer?) -> ClientStream {
        let call = ClientCall(
            eventLoop: link.channel.eventLoop, unsentBytesMax: limits.streamOutboundBytesMax)
        link.run { $0.start(call, request, message: message) }
        return ClientStream(call: call, link: link)
    }
}

extension EventLoopFuture where Value == Void {
    fileprivate func asResult() async {
        await withCheckedContinuation { continuation in
            whenComplete { _ in continuation.resume() }
        }
    }
}
