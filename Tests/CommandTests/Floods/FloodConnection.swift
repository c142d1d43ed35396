import VaultTestSupport

/// A client that writes frames and reads nothing of the answers, so that the server's memory is
/// all that holds what it is sent.
final class FloodConnection {
    private let socket: UnixSocket
    private var streamID: UInt32 = 0
    private var pings: UInt8 = 0

    /// - Parameter window: how much of the body of an answer the server may send.
    init(_ path: String, window: UInt32 = 65_535) throws {
        socket = try UnixSocket(connectingTo: path)
        let initialWindow: [UInt8] = [0, 4] + Self.bytes(of: window)
        socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
        write(type: 4, stream: 0, initialWindow)
        // What the server allows counts once its settings have come and are acknowledged.
        guard settle() else { throw FloodConnection.Refused() }
        write(type: 4, flags: 1, stream: 0, [])
    }

    /// The server did not speak HTTP/2 with us.
    struct Refused: Error {}

    /// Begins a call.
    func open(_ path: String) {
        streamID += streamID == 0 ? 1 : 2
        let fields = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ]
        // Literal fields, never indexed, without Huffman coding.
        var block: [UInt8] = []
        for (name, value) in fields {
            block += [0x10, UInt8(name.utf8.count)]
            block += name.utf8
            block.append(UInt8(value.utf8.count))
            block += value.utf8
        }
        write(type: 1, flags: 4, stream: streamID, block)
    }

    /// Sends bytes of the newest call's body.
    func send(_ body: [UInt8]) {
        var rest = body[...]
        while !rest.isEmpty {
            write(type: 0, stream: streamID, Array(rest.prefix(16_384)))
            rest = rest.dropFirst(16_384)
        }
    }

    /// Waits until the server has taken all that was sent; false when it closed the connection.
    func settle() -> Bool {
        pings += 1
        let payload = [UInt8](repeating: pings, count: 8)
        write(type: 6, stream: 0, payload)
        let answer: [UInt8] = [0, 0, 8, 6, 1, 0, 0, 0, 0] + payload
        var received: [UInt8] = []
        while let next = socket.receive(timeout: .seconds(60)), !next.isEmpty {
            received += next
            if received.contains(answer) { return true }
            received = received.suffix(answer.count)
        }
        return false
    }

    /// A message as gRPC frames it.
    static func message(_ content: [UInt8]) -> [UInt8] {
        [0] + bytes(of: UInt32(content.count)) + content
    }

    private func write(type: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8]) {
        var frame = Array(Self.bytes(of: UInt32(payload.count)).dropFirst())
        frame += [type, flags]
        frame += Self.bytes(of: stream)
        socket.send(frame + payload)
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
