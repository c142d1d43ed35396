import Glibc

@testable import RPC

/// A blocking socket on which a test writes and reads exactly the bytes it wants.
final class RawConnection {
    struct Frame: Equatable {
        var type: UInt8
        var flags: UInt8
        var streamID: Int32
        var payload: [UInt8]
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let descriptor: Int32
    private var unread: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard UnixAddress.with(path, { connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw Status(.unavailable, "connect: \(code)")
        }
        // A test that waits for what never comes fails instead of hanging.
        var timeout = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Ends both directions, as a process that is killed does.
    func hangUp() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Waits for the peer to close, whatever is left to read; false when it does not.
    func waitForHangUp() -> Bool {
        var request = pollfd(fd: descriptor, events: 0, revents: 0)
        poll(&request, 1, 600_000)
        return request.revents & Int16(POLLHUP) != 0
    }

    /// Writes everything; false when the peer is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(
        type: UInt8, flags: UInt8 = 0, streamID: Int32 = 0, _ payload: [UInt8] = []
    ) -> Bool {
        write(Self.frame(type: type, flags: flags, streamID: streamID, payload))
    }

    static func frame(
        type: UInt8, flags: UInt8 = 0, streamID: Int32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let length = UInt32(payload.count)
        let id = UInt32(streamID)
        var bytes: [UInt8] = []
        for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes += [type, flags]
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: id >> shift)) }
        return bytes + payload
    }

    /// Preface and empty SETTINGS.
    func handshake() {
        write(Self.preface + Self.frame(type: 4))
    }

    /// A header block of literal fields, never indexed, without Huffman coding.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in fields {
            block += [0x10, UInt8(name.utf8.count)]
            block += name.utf8
            block.append(UInt8(value.utf8.count))
            block += value.utf8
        }
        return block
    }

    static func request(_ path: String) -> [UInt8] {
        block([
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ])
    }

    /// Some bytes; empty at the end of the stream or after a reset.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        return Array(buffer.prefix(max(0, count)))
    }

    /// Everything up to the end of the stream.
    func readToEnd() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let some = read()
            if some.isEmpty { return all }
            all += some
        }
    }

    /// The next frame; nil at the end of the stream.
    func readFrame() -> Frame? {
        while true {
            if unread.count >= 9 {
                let length = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
                if unread.count >= 9 + length {
                    defer { unread.removeFirst(9 + length) }
                    let id = unread[5..<9].reduce(0) { $0 << 8 | Int32($1) }
                    return Frame(
                        type: unread[3], flags: unread[4], streamID: id,
                        payload: Array(unread[9..<9 + length]))
                }
            }
            let some = read()
            if some.isEmpty { return nil }
            unread += some
        }
    }

    /// The error code of the GOAWAY that ends the connection; nil when it ends without one.
    func goAwayCode() -> UInt32? {
        var code: UInt32?
        while let frame = readFrame() {
            if frame.type == 7 {
                code = frame.payload[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
            }
        }
        return code
    }

    /// The first frame of one of these types; nil at the end of the stream.
    func first(of types: Set<UInt8>) -> Frame? {
        while let frame = readFrame() {
            if types.contains(frame.type) { return frame }
        }
        return nil
    }
}
