import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// One server of a watch comparison: its streams, and what their watchers have been told.
final class WatchSide {
    struct WatcherName: Hashable {
        let stream: Int
        let id: Int64
    }

    static let streamCount = 4
    /// One more, for a watcher of everything from the beginning.
    static let witness = WatcherName(stream: streamCount, id: 0)

    let connection: KVConnection
    /// Rules that this server broke on its own, whatever the other one says.
    private(set) var complaints: [String] = []
    private(set) var watchers: [WatcherName: SeenWatcher] = [:]
    /// Notes of progress that came.
    private(set) var progressCount = 0

    private let server: any TestServer
    private let alteration: WatchAlteration
    private var streams: [WatchConnection] = []
    private var altered: [[Etcdserverpb_WatchResponse]]

    typealias WatchAlteration =
        @Sendable (Etcdserverpb_WatchResponse) -> [Etcdserverpb_WatchResponse]

    init(_ server: any TestServer, alteration: @escaping WatchAlteration) async throws {
        self.server = server
        self.alteration = alteration
        connection = try await KVConnection(server.socketPath)
        altered = Array(repeating: [], count: Self.streamCount + 1)
        for _ in 0...Self.streamCount {
            streams.append(try await WatchConnection(server.socketPath))
        }
    }

    func close() async {
        for stream in streams { await stream.close() }
        await connection.close()
    }

    /// Ends a stream with all its watchers, and opens another in its place.
    func reopen(_ stream: Int) async throws {
        await streams[stream].close()
        streams[stream] = try await WatchConnection(server.socketPath)
        altered[stream] = []
        for name in watchers.keys where name.stream == stream { watchers[name] = nil }
    }

    // MARK: - Asking

    /// Returns the answer, its header made comparable.
    func create(
        _ request: Etcdserverpb_WatchCreateRequest, on stream: Int
    ) async throws -> Etcdserverpb_WatchResponse {
        try await streams[stream].send(.createRequest(request))
        let answer = try await answer(on: stream)
        if answer.created, !answer.canceled {
            let start = request.startRevision
            watchers[WatcherName(stream: stream, id: answer.watchID)] = SeenWatcher(
                request, start: start == 0 ? answer.header.revision + 1 : start)
        }
        return answer
    }

    /// Returns the answer, and what the watcher had been told until then. An id that is not there
    /// is not answered.
    func cancel(
        _ name: WatcherName
    ) async throws -> (answer: Etcdserverpb_WatchResponse, seen: SeenWatcher)? {
        try await streams[name.stream].send(.cancelRequest(.with { $0.watchID = name.id }))
        guard watchers[name] != nil else { return nil }
        let answer = try await answer(on: name.stream)
        return watchers.removeValue(forKey: name).map { (answer, $0) }
    }

    /// The end of a watcher that nobody asked for.
    func awaitCancellation(_ name: WatcherName) async throws -> Etcdserverpb_WatchResponse {
        let answer = try await answer(on: name.stream)
        watchers[name] = nil
        return answer
    }

    func askProgress(on stream: Int) async throws {
        try await streams[stream].send(.progressRequest(Etcdserverpb_WatchProgressRequest()))
    }

    /// Asks for progress until it is told. A request that is refused at once follows each question:
    /// its answer says that there was none to the question.
    func awaitProgress(on stream: Int) async throws {
        let before = progressCount
        let refused = Etcdserverpb_WatchCreateRequest.with {
            $0.key = Data("b".utf8)
            $0.rangeEnd = Data("a".utf8)
        }
        for _ in 0..<20_000 where progressCount == before {
            try await askProgress(on: stream)
            _ = try await create(refused, on: stream)
        }
        if progressCount == before { complaints.append("no progress on the stream \(stream)") }
    }

    // MARK: - Listening

    /// Reads until the watcher has been told an event of `revision` or a later one.
    func read(_ name: WatcherName, until revision: Int64) async throws {
        while let watcher = watchers[name], watcher.lastRevision < revision {
            if let answer = try await take(from: name.stream) {
                complaints.append("an answer that nobody asked for: \(answer.textFormatString())")
                return
            }
        }
    }

    func forgetEvents() {
        for name in watchers.keys { watchers[name]?.events.removeAll(keepingCapacity: true) }
    }

    private func answer(on stream: Int) async throws -> Etcdserverpb_WatchResponse {
        while true {
            if let answer = try await take(from: stream) { return answer }
        }
    }

    /// Takes the next message. What is not an answer is put down, and nil returned.
    private func take(from stream: Int) async throws -> Etcdserverpb_WatchResponse? {
        if altered[stream].isEmpty {
            altered[stream] = alteration(try await streams[stream].next())
        }
        guard !altered[stream].isEmpty else { return nil }
        var response = altered[stream].removeFirst()
        if response.created || response.canceled {
            response.header.neutralise()
            return response
        }
        if response.events.isEmpty {
            progressed(response, on: stream)
        } else {
            let name = WatcherName(stream: stream, id: response.watchID)
            let broken = watchers[name]?.take(response) ?? "events of a watcher that is not there"
            if !broken.isEmpty { complaints.append("\(broken): \(text(response))") }
        }
        return nil
    }

    private func progressed(_ response: Etcdserverpb_WatchResponse, on stream: Int) {
        progressCount += 1
        if response.watchID != -1 { complaints.append("progress of \(response.watchID)") }
        for name in watchers.keys where name.stream == stream {
            let broken = watchers[name]?.progress(to: response.header.revision) ?? ""
            if !broken.isEmpty { complaints.append("\(name): \(broken)") }
        }
    }

    private func text(_ response: Etcdserverpb_WatchResponse) -> String {
        String(response.textFormatString().prefix(1_500))
    }
}
