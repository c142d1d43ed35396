/// Reads the one request of a connection that speaks HTTP/1.1 (RFC 9112), as its bytes arrive.
///
/// Of the head only its first line matters, and nothing may follow it that would matter: whoever
/// sends a body, or a second request, is answered the first and cut off.
struct PlainRequestReader {
    enum Progress: Equatable {
        case incomplete
        case complete(PlainRequest)
        case malformed
        case tooLong
    }

    private let bytesMax: Int
    private var bytes: [UInt8] = []

    /// - Parameter bytesMax: of the whole head.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    mutating func take(_ new: UnsafeRawBufferPointer) -> Progress {
        let from = max(0, bytes.count - 3)
        bytes.append(contentsOf: new.prefix(bytesMax + 1 - bytes.count))
        guard Self.beginsAsRequest(bytes) else { return .malformed }
        guard Self.hasEmptyLine(bytes[from...]) else {
            return bytes.count > bytesMax ? .tooLong : .incomplete
        }
        return Self.request(bytes).map { .complete($0) } ?? .malformed
    }

    /// What is no HTTP at all is told at its first byte, and not after a wait for its end.
    private static func beginsAsRequest(_ bytes: [UInt8]) -> Bool {
        let method = bytes.prefix { $0 != UInt8(ascii: " ") }
        return (1...16).contains(method.count)
            && method.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    private static func hasEmptyLine(_ bytes: ArraySlice<UInt8>) -> Bool {
        var matched = 0
        let end: [UInt8] = [13, 10, 13, 10]
        for byte in bytes {
            if byte == end[matched] {
                matched += 1
                if matched == end.count { return true }
            } else {
                matched = byte == end[0] ? 1 : 0
            }
        }
        return false
    }

    /// "GET /metrics?x HTTP/1.1" -> GET, /metrics
    private static func request(_ bytes: [UInt8]) -> PlainRequest? {
        let line = bytes.prefix { $0 != 13 }
        guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[1].first == UInt8(ascii: "/"),
            words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8)
        else { return nil }
        let path = words[1].prefix { $0 != UInt8(ascii: "?") }
        return PlainRequest(
            method: String(decoding: words[0], as: UTF8.self),
            path: String(decoding: path, as: UTF8.self))
    }
}
