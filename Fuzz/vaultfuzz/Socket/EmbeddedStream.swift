import NIOCore

@testable import RPC

/// Sends back what it is sent, and stops reading after every third message.
///
/// SAFETY (@unchecked Sendable): used by one thread.
final class EmbeddedStream: StreamHandler, @unchecked Sendable {
    private let call: StreamCall
    private var count = 0
    private var isFinished = false
    private var isCancelled = false

    /// It was told of its end, or made one itself.
    var isOver: Bool { isFinished || isCancelled }

    init(_ call: StreamCall) { self.call = call }

    func received(_ message: ByteBuffer) {
        precondition(!isCancelled, "a stream that is over is sent nothing")
        if isFinished { return }
        call.send(message)
        count += 1
        if count % 3 == 0 { call.pauseReading() }
    }

    func halfClosed() {
        precondition(!isCancelled, "a stream ends once")
        finish(.ok)
    }

    /// Also while an end that it made itself has yet to take effect.
    func cancelled() {
        precondition(!isCancelled, "a stream ends once")
        isCancelled = true
    }

    func writable() {}

    func draining() { finish(Status(.unavailable, "draining")) }

    func resume() { call.resumeReading() }

    private func finish(_ status: Status) {
        if !isFinished { call.finish(status) }
        isFinished = true
    }
}
