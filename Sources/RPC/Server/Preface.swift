/// Checks that a connection begins as HTTP/2 does (RFC 9113 section 3.4), byte for byte as they
/// arrive. What begins otherwise is taken for HTTP/1.1, so that a browser or a script gets an
/// answer that it can read.
struct Preface {
    enum Verdict {
        case matches
        case differs
    }

    static let refusal = PlainAnswer(
        .badRequest, "this socket speaks gRPC over HTTP/2; use a gRPC client such as etcdctl\n")

    private static let expected = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private var matchedCount = 0

    /// What was taken for the preface until now.
    var matched: ArraySlice<UInt8> { Self.expected[..<matchedCount] }

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
