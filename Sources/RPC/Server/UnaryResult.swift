import NIOCore

/// What `UnaryCall.finish` was given.
enum UnaryResult: Sendable {
    case message(ByteBuffer)
    case chunks([ByteBuffer])
    case failure(Status)
}
