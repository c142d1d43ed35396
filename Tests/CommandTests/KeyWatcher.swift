import FoundationEssentials
import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// A client with one watcher of one key.
struct KeyWatcher: Sendable {
    private let client: Client
    private let stream: ClientStream

    /// Returns when the watcher is there.
    init(_ socketPath: String, key: String) async throws {
        client = try await Client.connect(
            socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
        stream = try await client.stream(Methods.Watch.watch.path)
        let request: [UInt8] = try Self.request(key).serializedBytes()
        try await stream.send(ByteBuffer(bytes: request))
        guard try await next().created else { throw TestFailure("the watcher was not created") }
    }

    static func request(_ key: String) -> Etcdserverpb_WatchRequest {
        .with { $0.createRequest.key = Data(key.utf8) }
    }

    /// The revisions of all events until the one of `last`.
    func revisions(upTo last: Int64) async throws -> [Int64] {
        var revisions: [Int64] = []
        while revisions.last ?? 0 < last {
            let response = try await next()
            guard !response.canceled else { throw TestFailure("cancelled: \(response)") }
            revisions += response.events.map(\.kv.modRevision)
        }
        return revisions
    }

    /// The revisions of all events until the watcher is cancelled, and where it may start again.
    func revisionsUntilCancelled() async throws -> ([Int64], compacted: Int64) {
        var revisions: [Int64] = []
        while true {
            let response = try await next()
            revisions += response.events.map(\.kv.modRevision)
            if response.canceled { return (revisions, response.compactRevision) }
        }
    }

    private func next() async throws -> Etcdserverpb_WatchResponse {
        var messages = stream.messages.makeAsyncIterator()
        guard let message = try await messages.next() else {
            throw TestFailure("the watch stream ended")
        }
        return try Etcdserverpb_WatchResponse(serializedBytes: Array(message.readableBytesView))
    }
}
