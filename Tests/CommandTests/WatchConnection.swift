import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import VaultAPI

/// One watch stream on a connection of its own, read by one task.
final class WatchConnection {
    private let client: Client
    private let stream: ClientStream
    private var messages: ClientStream.Messages.AsyncIterator

    /// - Parameter timeout: of the whole stream, so that a test ends that waits for what never
    ///   comes.
    init(
        _ socketPath: String, token: String? = nil, timeout: Duration = .seconds(300)
    ) async throws {
        var metadata = Metadata()
        if let token { metadata.append("token", token) }
        client = try await Client.connect(
            socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
        stream = try await client.stream(
            Methods.Watch.watch.path, metadata: metadata, timeout: timeout)
        messages = stream.messages.makeAsyncIterator()
    }

    func send(_ request: Etcdserverpb_WatchRequest.OneOf_RequestUnion?) async throws {
        var message = Etcdserverpb_WatchRequest()
        message.requestUnion = request
        let bytes: [UInt8] = try message.serializedBytes()
        try await stream.send(ByteBuffer(bytes: bytes))
    }

    /// What the server says next; throws its `Status` when the stream is over.
    func next() async throws -> Etcdserverpb_WatchResponse {
        guard let message = try await messages.next() else {
            throw Status(.unavailable, "the watch stream ended")
        }
        return try Etcdserverpb_WatchResponse(
            serializedBytes: [UInt8](message.readableBytesView))
    }

    func close() async {
        stream.cancel()
        await client.close()
    }
}
