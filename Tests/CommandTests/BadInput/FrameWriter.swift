/// HTTP/2 frames by hand, for clients that misbehave (RFC 9113; header fields as literals without
/// Huffman coding, RFC 7541 section 6.2.2).
enum FrameWriter {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Settings with the largest stream window there is.
    static let settings = frame(type: 4, flags: 0, stream: 0, [0, 4, 0x7f, 0xff, 0xff, 0xff])

    /// Lets the server send on the connection as much as it likes.
    static let windowUpdate = frame(type: 8, flags: 0, stream: 0, [0x7f, 0, 0, 0])

    /// The HEADERS and DATA of a unary call.
    static func call(_ path: String, _ message: [UInt8], stream: UInt32) -> [UInt8] {
        let block =
            field(":method", "POST") + field(":scheme", "http") + field(":path", path)
            + field(":authority", "localhost") + field("te", "trailers")
            + field("content-type", "application/grpc")
        let prefix: [UInt8] = [0] + bigEndian(UInt32(message.count), bytes: 4)
        return frame(type: 1, flags: 4, stream: stream, block)
            + frame(type: 0, flags: 1, stream: stream, prefix + message)
    }

    static func frame(type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        bigEndian(UInt32(payload.count), bytes: 3) + [type, flags] + bigEndian(stream, bytes: 4)
            + payload
    }

    private static func field(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)]
            + Array(value.utf8)
    }

    private static func bigEndian(_ number: UInt32, bytes: Int) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(bytes)) }
    }
}
