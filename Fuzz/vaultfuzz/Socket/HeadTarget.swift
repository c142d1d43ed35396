import NIOCore

@testable import RPC

/// Header fields of a request, as nghttp2 hands them over: timeouts, tokens, metadata, and what
/// must not be there. A head that served other requests makes the same of them as a new one.
///
///     per field: which name (or the length of one, and its bytes), length and bytes of the value
final class HeadTarget: FuzzTarget {
    private struct Field {
        var name: [UInt8]
        var value: [UInt8]
    }

    private static let names = [
        ":method", ":scheme", ":path", ":authority", "te", "content-type", "grpc-timeout",
        "grpc-encoding", "grpc-accept-encoding", "connection", "transfer-encoding", "token",
        "x-bin", ":status", "user-agent",
    ]
    private static let path = "/etcdserverpb.KV/Range"

    private let routes = RouteTable([.unary(HeadTarget.path) { _, message in .message(message) }])
    private let limits: ServerLimits
    private var used = RequestHead()

    init() {
        var limits = ServerLimits()
        limits.headersMax = 12
        limits.headerBytesMax = 1024
        self.limits = limits
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        var fields: [Field] = []
        while !input.isAtEnd {
            let which = Int(input.byte())
            let name =
                which < Self.names.count
                ? Array(Self.names[which].utf8) : input.bytes(which - Self.names.count)
            fields.append(Field(name: name, value: input.bytes(Int(input.byte()))))
        }
        var new = RequestHead()
        let verdicts = add(fields, to: &new)
        used.reset()
        require(add(fields, to: &used) == verdicts, "an earlier request leaves nothing behind")
        require(outcome(of: used) == outcome(of: new), "an earlier request leaves nothing behind")
        check(new, fields, verdicts)
        takeTexts(fields)
    }

    /// Up to the first that is refused, as a connection does.
    private func add(_ fields: [Field], to head: inout RequestHead) -> [RequestHead.Verdict] {
        var verdicts: [RequestHead.Verdict] = []
        for field in fields {
            let verdict = field.name.withUnsafeBytes { name in
                field.value.withUnsafeBytes { value in
                    let verdict = head.add(name, value, limits: limits)
                    if verdict == .path { head.found(routes.route(value), at: value) }
                    return verdict
                }
            }
            verdicts.append(verdict)
            if verdict != .accepted, verdict != .path { break }
        }
        return verdicts
    }

    private func outcome(of head: RequestHead) -> [String] {
        [
            head.route?.path ?? "none", head.unroutedPath, "\(head.isPost)", "\(head.contentType)",
            "\(head.timeout.map { "\($0.nanoseconds)" } ?? "none")", "\(head.hasBadTimeout)",
            head.encoding ?? "none", "\(head.isComplete)",
        ] + head.metadata.pairs.map { "\($0.name): \($0.value)" }
    }

    private func check(
        _ head: RequestHead, _ fields: [Field], _ verdicts: [RequestHead.Verdict]
    ) {
        let accepted = zip(fields, verdicts).filter { $0.1 == .accepted || $0.1 == .path }.map(\.0)
        let bytes = accepted.reduce(0) { $0 + $1.name.count + $1.value.count + 32 }
        require(accepted.count <= limits.headersMax, "there are so many fields at most")
        require(bytes <= limits.headerBytesMax, "fields have so many bytes at most")
        for field in accepted {
            require(
                !field.value.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7f },
                "no control character is let in")
            require(
                !["connection", "transfer-encoding", ":status"].contains {
                    field.name.elementsEqual($0.utf8)
                }, "what HTTP/2 forbids is refused")
        }
        let special = Set(Self.names.dropLast(4) + ["upgrade", "keep-alive", "proxy-connection"])
        let plain = accepted.filter { !special.contains(String(decoding: $0.name, as: UTF8.self)) }
        var kept: [Field] = []
        head.metadata.forEach { kept.append(Field(name: Array($0), value: Array($1))) }
        require(
            kept.map(\.name) == plain.map(\.name) && kept.map(\.value) == plain.map(\.value),
            "every other field is metadata")
        let token = plain.first { $0.name.elementsEqual("token".utf8) }?.value
        require(
            head.metadata.withFirstValue(of: "token") { Array($0) } == token,
            "the first token counts")
        checkTimeout(head, accepted.last { $0.name.elementsEqual("grpc-timeout".utf8) }?.value)
    }

    private func checkTimeout(_ head: RequestHead, _ value: [UInt8]?) {
        guard let value else {
            return require(head.timeout == nil && !head.hasBadTimeout, "there is no timeout")
        }
        let units: [Character: Int64] = [
            "H": 3_600_000_000_000, "M": 60_000_000_000, "S": 1_000_000_000, "m": 1_000_000,
            "u": 1_000, "n": 1,
        ]
        let text = String(decoding: value, as: UTF8.self)
        let digits = value.dropLast()
        let isRight =
            (1...8).contains(digits.count) && digits.allSatisfy { (48...57).contains($0) }
            && text.last.flatMap { units[$0] } != nil
        require((head.timeout != nil) == isRight, "a timeout is digits and a unit")
        require(head.hasBadTimeout == !isRight, "a timeout is digits and a unit")
        guard isRight, let timeout = head.timeout, let number = Int64(text.dropLast()),
            let unit = text.last.flatMap({ units[$0] })
        else { return }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        require(
            overflows ? timeout > .hours(1_000_000) : timeout.nanoseconds <= product,
            "it is not longer than said")
        require(overflows || product > 1 << 62 || timeout.nanoseconds == product, "it is exact")
    }

    /// What else is made of values.
    private func takeTexts(_ fields: [Field]) {
        for field in fields {
            if let bytes = Base64.decode(field.value) {
                require(Base64.decode(Base64.encode(bytes)) == bytes, "base64 goes both ways")
            }
            require(
                Base64.decode(Base64.encode(field.value)) == field.value, "base64 goes both ways")
            let text = PercentEncoding.decode(field.value)
            require(
                PercentEncoding.decode(PercentEncoding.encode(text)) == text,
                "percent encoding goes both ways")
            _ = routes.refusal(of: text)
        }
    }

    var seeds: [[UInt8]] {
        func fields(_ pairs: [(Int, String)]) -> [UInt8] {
            pairs.flatMap { [UInt8($0), UInt8($1.utf8.count)] + Array($1.utf8) }
        }
        let usual = [
            (0, "POST"), (1, "http"), (2, Self.path), (3, "localhost"), (5, "application/grpc"),
            (14, "grpc-go/1.71.1"), (4, "trailers"),
        ]
        return [
            fields(usual), fields(usual + [(6, "99999999H"), (11, "simple.token.7")]),
            fields(usual + [(6, "4999m"), (7, "gzip"), (8, "gzip"), (12, "AAEC/w==")]),
            fields([(0, "GET"), (2, "/v3/kv"), (9, "close")]),
            [UInt8(Self.names.count + 7)] + Array("upgrade".utf8) + [3] + Array("h2c".utf8),
        ]
    }
}
