/// The header blocks that a server sends.
enum ResponseHeaders {
    /// The start of a response with messages.
    static let start: HeaderBlock = {
        var block = HeaderBlock()
        block.append(":status", "200")
        block.append("content-type", "application/grpc")
        return block
    }()

    /// The end of a call that went well.
    static let trailersOfSuccess: HeaderBlock = {
        var block = HeaderBlock()
        block.append("grpc-status", "0")
        return block
    }()

    static func trailers(_ status: Status) -> HeaderBlock {
        if status.code == .ok, status.message.isEmpty {
            return trailersOfSuccess
        }
        var block = HeaderBlock()
        append(status, to: &block)
        return block
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
