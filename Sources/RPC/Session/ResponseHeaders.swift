import CNghttp2

/// The header blocks that a server sends. Those of nearly every answer are made once for each
/// connection: event loops that share them count references to the same memory.
struct ResponseHeaders {
    /// The start of a response with messages.
    let start: HeaderBlock
    /// The end of a call that went well.
    private let trailersOfSuccess: HeaderBlock

    init() {
        var block = HeaderBlock()
        block.append(":status", "200")
        block.append("content-type", "application/grpc")
        start = block
        block = HeaderBlock()
        block.append("grpc-status", "0")
        trailersOfSuccess = block
    }

    /// Lends the end of a call.
    func withTrailers<R>(_ status: Status, _ body: (UnsafeBufferPointer<nghttp2_nv>) -> R) -> R {
        if status.code == .ok, status.message.isEmpty {
            return trailersOfSuccess.withFields(body)
        }
        var block = HeaderBlock()
        Self.append(status, to: &block)
        return block.withFields(body)
    }

    /// The whole response of a call that has no message. `httpStatus` is 200 for whatever is
    /// gRPC at all.
    static func trailersOnly(_ status: Status, httpStatus: StaticString = "200") -> HeaderBlock {
        var block = HeaderBlock()
        block.append(":status", httpStatus)
        block.append("content-type", "application/grpc")
        // gRPC: whoever compressed what cannot be read is told what can.
        if status.code == .unimplemented { block.append("grpc-accept-encoding", "identity") }
        append(status, to: &block)
        return block
    }

    private static func append(_ status: Status, to block: inout HeaderBlock) {
        block.append("grpc-status", String(status.code.rawValue).utf8)
        if !status.message.isEmpty {
            block.append("grpc-message", PercentEncoding.encode(status.message))
        }
    }
}
