public import NIOCore

/// The server's side of one streaming call. All methods are called on the connection's event loop
/// and must not block.
public protocol StreamHandler: AnyObject {
    /// The client sent a message.
    func received(_ message: ByteBuffer)
    /// The client sends nothing more. It still reads.
    func halfClosed()
    /// The call is over and nobody reads its answer: the client gave up, the connection is lost,
    /// or the deadline passed. Called at most once, and not after `StreamCall.finish` took effect.
    func cancelled()
    /// `StreamCall.isWritable` is true again.
    func writable()
    /// The server is about to end. A stream that would go on for ever says so and finishes;
    /// others go on, as long as the server waits for them.
    func draining()
}

extension StreamHandler {
    /// Goes on.
    public func draining() {}
}
