import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// The watchers of one stream, of a user with a token.
final class Watchers {
    enum Answer: Equatable {
        case created(Int64)
        case refused(String)

        var isRefused: Bool {
            if case .refused = self { true } else { false }
        }
    }

    private let stream: ClientStream
    private var messages: ClientStream.Messages.AsyncIterator

    init(_ server: TestServer, _ token: String?) async throws {
        stream = try await server.client.stream(
            Methods.Watch.watch.path, metadata: TestServer.metadata(token))
        messages = stream.messages.makeAsyncIterator()
    }

    func create(_ key: String = "app/a") async throws -> Answer {
        let answer = try await ask { $0.createRequest.key = Data(key.utf8) }
        return answer.canceled ? .refused(answer.cancelReason) : .created(answer.watchID)
    }

    /// Until there is a seat: one that was given back may not be back yet.
    func createInTheEnd() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await create().isRefused {
            guard ContinuousClock.now < end else { throw TestFailure("no seat was given back") }
        }
    }

    func cancel(_ id: Int64) async throws {
        _ = try await ask { $0.cancelRequest.watchID = id }
    }

    func end() { stream.cancel() }

    private func ask(
        _ fill: (inout Etcdserverpb_WatchRequest) -> Void
    ) async throws -> Etcdserverpb_WatchResponse {
        var request = Etcdserverpb_WatchRequest()
        fill(&request)
        try await stream.send(ByteBuffer(bytes: try request.serializedBytes() as [UInt8]))
        guard let message = try await messages.next() else {
            throw TestFailure("the stream of watchers ended")
        }
        return try Etcdserverpb_WatchResponse(
            serializedBytes: [UInt8](message.readableBytesView))
    }
}
