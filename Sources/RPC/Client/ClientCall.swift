import NIOCore
import Synchronization

/// One call of the client, between the caller's task and the event loop: messages that have come
/// and were not taken, and who waits for what.
///
/// SAFETY (@unchecked Sendable): `slot` and `connection` are used on the event loop only; the rest
/// is in a `Mutex` or immutable.
final class ClientCall: @unchecked Sendable {
    private struct State {
        var messages = CircularBuffer<ByteBuffer>()
        var end: Status?
        var unsentBytes = 0
        var reader: CheckedContinuation<ByteBuffer?, any Error>?
        var writers: [CheckedContinuation<Void, any Error>] = []
    }

    let eventLoop: any EventLoop
    /// The stream while there is one. Event loop only.
    var slot: Int?
    /// Event loop only.
    weak var connection: ClientConnection?
    var deadline: Scheduled<Void>?
    private let state = Mutex(State())
    private let unsentBytesMax: Int

    init(eventLoop: any EventLoop, unsentBytesMax: Int) {
        self.eventLoop = eventLoop
        self.unsentBytesMax = unsentBytesMax
    }

    // MARK: The event loop's side

    func deliver(_ message: ByteBuffer) {
        let reader = state.withLock { state in
            guard let reader = state.reader else {
                state.messages.append(message)
                return CheckedContinuation<ByteBuffer?, any Error>?.none
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: message)
    }

    /// Whether messages wait to be taken.
    var hasMessages: Bool { state.withLock { !$0.messages.isEmpty } }

    func sent(_ count: Int) {
        let writers = state.withLock { state in
            state.unsentBytes -= count
            guard state.unsentBytes < unsentBytesMax else {
                return [CheckedContinuation<Void, any Error>]()
            }
            defer { state.writers = [] }
            return state.writers
        }
        for writer in writers { writer.resume() }
    }

    /// The call is over; the first end counts.
    func end(_ status: Status) {
        deadline?.cancel()
        let (reader, writers) = state.withLock { state in
            guard state.end == nil else {
                return (
                    CheckedContinuation<ByteBuffer?, any Error>?.none,
                    [CheckedContinuation<Void, any Error>]()
                )
            }
            state.end = status
            defer {
                state.reader = nil
                state.writers = []
            }
            return (state.reader, state.writers)
        }
        if let reader { Self.resume(reader, status) }
        for writer in writers { writer.resume(throwing: status) }
    }

    // MARK: The caller's side

    /// A message that is there already.
    func takeMessage() -> ByteBuffer? { state.withLock { $0.messages.popFirst() } }

    /// The next message; nil when the call ended well, its status thrown when not.
    func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation(isolation: actor) { continuation in
            let (message, end) = state.withLock { state in
                if let message = state.messages.popFirst() {
                    return (ByteBuffer?.some(message), Status?.none)
                }
                if state.end == nil {
                    precondition(state.reader == nil, "one task at a time reads a stream")
                    state.reader = continuation
                }
                return (nil, state.end)
            }
            if let message {
                continuation.resume(returning: message)
            } else if let end {
                Self.resume(continuation, end)
            }
        }
    }

    /// Counts a message as unsent, and waits first while too much is.
    func reserve(_ count: Int) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let (isFree, end) = state.withLock { state in
                state.unsentBytes += count
                let isFree = state.unsentBytes - count < unsentBytesMax
                if !isFree, state.end == nil { state.writers.append(continuation) }
                return (isFree, state.end)
            }
            if let end {
                continuation.resume(throwing: end)
            } else if isFree {
                continuation.resume()
            }
        }
    }

    private static func resume(
        _ continuation: CheckedContinuation<ByteBuffer?, any Error>, _ end: Status
    ) {
        if end.code == .ok {
            continuation.resume(returning: nil)
        } else {
            continuation.resume(throwing: end)
        }
    }
}
