import NIOCore
import NIOEmbedded

@testable import RPC

/// What a client sends on its connection: frames of HTTP/2, or anything else. The server's own
/// connection takes it, with nghttp2 and all, and its handlers answer at once, later, or as a
/// stream. What leaves are whole frames, every stream ends once, and nothing is left at the end.
///
///     flags, then per read: what to do before, length, bytes
final class SessionTarget: FuzzTarget {
    private enum Flag {
        static let hasPreface: UInt8 = 1
        static let drains: UInt8 = 2
    }

    private enum Step {
        static let stopsReading: UInt8 = 1
        static let readsAgain: UInt8 = 2
        static let runsLoop: UInt8 = 4
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private let limits: ServerLimits

    init() {
        // Small, so that they are met.
        var limits = ServerLimits()
        limits.messageBytesMax = 4096
        limits.streamsPerConnectionMax = 8
        limits.headerBytesMax = 2048
        limits.headersMax = 16
        limits.continuationsMax = 2
        limits.streamWindowBytes = 2048
        limits.connectionWindowBytes = 65_535
        limits.largeRequestBytesMax = 4096
        limits.unreadAnswerBytesMax = 8192
        limits.streamOutboundBytesMax = 4096
        limits.plainRequestBytesMax = 256
        self.limits = limits
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let flags = input.byte()
        let client = EmbeddedClient(limits: limits)
        if flags & Flag.hasPreface != 0 { client.send(Self.preface) }
        while !input.isAtEnd {
            let step = input.byte()
            if step & Step.stopsReading != 0 { client.setReading(false) }
            if step & Step.readsAgain != 0 { client.setReading(true) }
            client.send(input.bytes(Int(input.number(UInt16.self))))
            if step & Step.runsLoop != 0 { client.runLoop() }
        }
        client.runLoop()
        client.setReading(true)
        client.runLoop()
        if flags & Flag.drains != 0 { client.drain() }
        client.hangUp()
        require(client.connectionCount == 0, "a connection that has ended is not counted")
        require(client.openStreams == 0, "every stream is told of its end, once")
        require(client.unreadBytes == 0, "no answer is unread after the end")
        check(client.received, isPlain: client.received.starts(with: "HTTP/1.1 ".utf8))
    }

    private func check(_ bytes: [UInt8], isPlain: Bool) {
        guard !isPlain else {
            let text = String(decoding: bytes, as: UTF8.self)
            return require(
                text.contains("\r\nConnection: close\r\n") && bytes.count < 1024,
                "one answer is all that is said over HTTP/1.1")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            require(rest.count >= 9 + count, "what leaves are whole frames")
            require(count <= 16_384, "a frame is as long as a client expects")
            rest = rest.dropFirst(9 + count)
        }
    }

    var seeds: [[UInt8]] {
        let script = ClientScript()
        return script.conversations.map { bytes in
            [Flag.hasPreface, Step.runsLoop] + Input.encode(UInt16(bytes.count)) + bytes
        } + [
            [Flag.hasPreface | Flag.drains] + Self.inPieces(script.conversations[0], of: 7),
            [0, 0, 26, 0] + Array("GET /livez HTTP/1.1\r\n\r\n".utf8) + [13, 10, 0],
            [0] + Self.inPieces(Self.preface + script.conversations[1], of: 40),
        ]
    }

    private static func inPieces(_ bytes: [UInt8], of count: Int) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: count).flatMap { start in
            let piece = bytes[start..<min(start + count, bytes.count)]
            return [UInt8(start % 8)] + Input.encode(UInt16(piece.count)) + piece
        }
    }
}
