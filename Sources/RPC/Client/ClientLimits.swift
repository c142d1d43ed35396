import NIOCore

/// What a server may cost its client.
public struct ClientLimits: Sendable {
    /// Bytes of one response message. etcd's clients take up to 2 GiB: a range can be large.
    public var messageBytesMax = Int(Int32.max)
    /// Bytes of a stream that the server may send before they are read. Large, since a unary
    /// response is wanted whole.
    public var streamWindowBytes = 1024 * 1024
    /// The same for the whole connection.
    public var connectionWindowBytes = 16 * 1024 * 1024
    /// Bytes taken from the socket at once; about what a UNIX socket holds.
    public var readBytesMax = 256 * 1024
    /// Decoded bytes of a header list; error messages travel in one.
    public var headerBytesMax = 64 * 1024
    /// Unsent bytes of a stream above which `ClientStream.send` waits.
    public var streamOutboundBytesMax = 256 * 1024

    /// The defaults above.
    public init() {}
}
