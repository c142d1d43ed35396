import NIOCore

/// What `UnaryCall.finish` was given.
enum UnaryResult: Sendable {
    case message(ByteBuffer)
    case chunks([ByteBuffer])
    case failure(Status)

    /// Bytes of the answer on the wire; a failure has none to speak of.
    var byteCount: Int {
        switch self {
        case .message(let message): StreamOutbox.prefixCount + message.readableBytes
        case .chunks(let chunks):
            chunks.reduce(StreamOutbox.prefixCount) { $0 + $1.readableBytes }
        case .failure: 0
        }
    }

    var status: Status {
        switch self {
        case .message, .chunks: .ok
        case .failure(let status): status
        }
    }
}
