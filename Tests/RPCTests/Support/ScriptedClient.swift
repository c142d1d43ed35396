import NIOCore

@testable import RPC

/// A client that sends the header blocks and bytes that a test wants and shows what comes back.
final class ScriptedClient {
    struct Response: Equatable {
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        var isEnded = false
        var resetCode: UInt32?
    }

    let connection: RawConnection
    private var session: Session?
    private let exchange = Exchange()

    init(_ path: String) throws {
        connection = try RawConnection(path)
        session = try Session(
            settings: SessionSettings(
                isServer: false, streamsMax: 0, streamWindowBytes: 65535,
                connectionWindowBytes: 65535, headerBytesMax: 65536, continuationsMax: 8),
            delegate: exchange)
    }

    deinit { session?.close() }

    static func fields(
        path: String, changing changes: [String: String?] = [:]
    ) -> [(String, String)] {
        let usual = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ]
        var fields = usual.compactMap { name, value -> (String, String)? in
            guard let change = changes[name] else { return (name, value) }
            return change.map { (name, $0) }
        }
        for (name, value) in changes where !usual.contains(where: { $0.0 == name }) {
            if let value { fields.append((name, value)) }
        }
        return fields
    }

    /// Sends a request and reads until its stream is over.
    func call(_ fields: [(String, String)], body: [UInt8]) throws -> Response {
        var block = HeaderBlock()
        for (name, value) in fields { block.append(name, Array(value.utf8)) }
        let slot = exchange.responses.count
        exchange.responses.append(Response())
        exchange.bodies.append(body)
        _ = try session?.submitRequest(block, slot: slot)
        try flush()
        while !exchange.responses[slot].isEnded {
            let bytes = connection.read()
            guard !bytes.isEmpty else { break }
            try bytes.withUnsafeBytes { try session?.receive($0) }
            try flush()
        }
        return exchange.responses[slot]
    }

    private func flush() throws {
        guard let session else { return }
        while try session.produce(bytesMax: 1 << 16) || session.output.readableBytes > 0 {
            connection.write(Array(session.output.readableBytesView))
            session.output.clear()
        }
    }

    /// A message with its five-byte prefix.
    static func frame(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        var bytes = [flag]
        for shift in [24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: message.count >> shift))
        }
        return bytes + message
    }
}

/// What is sent and what came back, by slot. The session keeps it, and not the client.
private final class Exchange: SessionDelegate {
    var bodies: [[UInt8]] = []
    var responses: [ScriptedClient.Response] = []

    func frameBegan(_ frame: FrameHeader) {}
    func headersBegan(streamID: Int32, slot: Int?, isRequest: Bool) -> Int? { slot }
    func header(
        slot: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> Bool {
        responses[slot].fields[String(decoding: name, as: UTF8.self)] =
            String(decoding: value, as: UTF8.self)
        return true
    }
    func headersEnded(slot: Int, endsStream: Bool) {}
    func dataReceived(slot: Int, bytes: UnsafeRawBufferPointer) { responses[slot].body += bytes }
    func remoteEnded(slot: Int) {}
    func streamClosed(slot: Int, error: UInt32) {
        responses[slot].isEnded = true
        if error != 0 { responses[slot].resetCode = error }
    }
    func goAwayReceived(lastStreamID: Int32, error: UInt32) {}
    func pingAnswered() {}
    func trailersSent(slot: Int) {}
    func offer(slot: Int, upTo count: Int) -> DataOffer {
        let offered = min(count, bodies[slot].count)
        return offered == bodies[slot].count ? .last(offered) : .bytes(offered)
    }
    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        output.writeBytes(bodies[slot].prefix(count))
        bodies[slot].removeFirst(count)
    }
}
