/// Checks that a connection begins as HTTP/2 does (RFC 9113 section 3.4), byte for byte as they
/// arrive, so that a web browser or a script gets an answer that it can read.
struct Preface {
    enum Verdict {
        case matches
        case differs
    }

    static let refusal: String = {
        let text = "this socket speaks gRPC over HTTP/2; use a gRPC client such as etcdctl\n"
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            + "Content-Length: \(text.utf8.count)\r\n\r\n" + text
    }()

    private static let expected = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private var matchedCount = 0

    var isComplete: Bool { matchedCount == Self.expected.count }

    mutating func check(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        guard matchedCount < Self.expected.count else { return .matches }
        for byte in bytes.prefix(Self.expected.count - matchedCount) {
            guard byte == Self.expected[matchedCount] else { return .differs }
            matchedCount += 1
        }
        return .matches
    }
}
