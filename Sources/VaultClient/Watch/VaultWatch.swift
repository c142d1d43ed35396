internal import NIOCore
internal import RPC
public import VaultAPI

/// What a vault says to one watcher, in order, for as long as the connection lasts. To be read by
/// one task, once; the watcher ends when its last copy goes away.
public struct VaultWatch: AsyncSequence, Sendable {
    public typealias Element = Etcdserverpb_WatchResponse
    public typealias Failure = VaultClientError

    private let stream: ClientStream
    private let socketPath: String

    init(stream: ClientStream, socketPath: String) {
        self.stream = stream
        self.socketPath = socketPath
    }

    /// Takes one answer after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var messages: ClientStream.Messages.AsyncIterator
        fileprivate let socketPath: String

        /// The next answer; nil when the vault ended the watch without saying why.
        public mutating func next() async throws(VaultClientError) -> Element? {
            do {
                return try await messages.next().map { try VaultConnection.decode($0) }
            } catch {
                throw VaultConnection.failure(error, socketPath: socketPath)
            }
        }

        /// The same, for a caller that is isolated.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(VaultClientError) -> Element? {
            try await next()
        }
    }

    /// Starts reading.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(messages: stream.messages.makeAsyncIterator(), socketPath: socketPath)
    }
}

extension VaultConnection {
    /// Watches a range of keys: the first answer says that the watcher exists, or why not; changes
    /// follow as they are made. ``WatchPosition`` keeps track of what was seen.
    ///
    /// ```swift
    /// var request = Etcdserverpb_WatchCreateRequest()
    /// request.key = Data("db/password".utf8)
    /// for try await answer in try await vault.watch(request) {
    ///     for event in answer.events { /* event.type, event.kv */ }
    /// }
    /// ```
    public func watch(
        _ request: Etcdserverpb_WatchCreateRequest
    ) async throws(VaultClientError) -> VaultWatch {
        var message = Etcdserverpb_WatchRequest()
        message.createRequest = request
        return VaultWatch(
            stream: try await open(Methods.Watch.watch, message), socketPath: socketPath)
    }
}
