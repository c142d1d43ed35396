public import NIOCore

/// What a unary handler returns.
public enum UnaryAnswer: Sendable {
    /// The response message.
    case message(ByteBuffer)
    /// The call failed.
    case failure(Status)
    /// `UnaryCall.finish` will be called, on any thread.
    case later
}
