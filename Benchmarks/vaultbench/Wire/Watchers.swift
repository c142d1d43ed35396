import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// Watchers on several connections, a stream each, made one after the other.
struct Watchers {
    private(set) var connections: [RawConnection] = []
    private var streams: [UInt32] = []
    private var counts: [Int] = []

    init(_ socket: String, connections count: Int) throws {
        for _ in 0..<count {
            let connection = try RawConnection(socket, path: Methods.Watch.watch.path)
            streams.append(connection.openStream())
            connections.append(connection)
            counts.append(0)
        }
    }

    /// The number of a watcher on its stream is its `watchID`.
    func count(on connection: Int) -> Int { counts[connection] }

    /// Makes watchers, spread over the connections, and waits until they are there. `events` gets
    /// what comes meanwhile of those that begin in the past.
    mutating func add(
        _ requests: [Etcdserverpb_WatchCreateRequest],
        events: (_ connection: Int, _ message: UnsafeRawBufferPointer) throws -> Void = { _, _ in }
    ) throws {
        // A few at a time: a stream takes 64 KiB before the server has to speak.
        for start in stride(from: 0, to: requests.count, by: 512) {
            let part = requests[start..<min(start + 512, requests.count)]
            for (index, create) in zip(part.indices, part) {
                var request = Etcdserverpb_WatchRequest()
                request.createRequest = create
                let connection = index % connections.count
                try connections[connection].send(
                    try request.serializedBytes(), on: streams[connection])
                counts[connection] += 1
            }
            for connection in connections { try connection.flush() }
            try waitUntilCreated(part.count, events)
        }
    }

    private func waitUntilCreated(
        _ count: Int, _ events: (Int, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var missing = count
        while missing > 0 {
            for index in UnixClient.wait(for: connections) {
                _ = try connections[index].receive { _, message in
                    let answer = WatchAnswer(message) { _, _, _ in }
                    guard !answer.isCancelled else {
                        throw RawConnection.Failure(description: "a watcher was refused")
                    }
                    if answer.isCreated { missing -= 1 } else { try events(index, message) }
                }
            }
        }
    }
}
