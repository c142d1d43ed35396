import NIOCore
import Synchronization

@testable import RPC

/// Methods for the server of a fuzzer: answering at once, with a failure, later, and as a stream.
final class EmbeddedHandlers: Sendable {
    static let echo = "/fuzz.Echo/Now"
    static let later = "/fuzz.Echo/Later"
    static let fail = "/fuzz.Echo/Fail"
    static let stream = "/fuzz.Echo/Stream"

    private let waiting = Mutex<[(UnaryCall, ByteBuffer)]>([])
    private let streams = Mutex<[EmbeddedStream]>([])

    /// Streams that were opened and have not been told of their end.
    var openStreams: Int { streams.withLock { $0.count { !$0.isOver } } }

    var routes: [Route] {
        [
            .unary(Self.echo) { _, message in .message(message) },
            .unary(Self.fail) { _, _ in .failure(Status(.notFound, "größer als 50 %\n")) },
            .unary(Self.later) { call, message in
                self.waiting.withLock { $0.append((call, message)) }
                return .later
            },
            .stream(Self.stream) { call in
                let stream = EmbeddedStream(call)
                self.streams.withLock { $0.append(stream) }
                return stream
            },
        ]
    }

    /// Whoever was to answer later does, and streams that do not read go on.
    func resume() {
        let calls = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for (call, message) in calls { call.finish(message) }
        for stream in streams.withLock({ $0 }) where !stream.isOver { stream.resume() }
    }
}
