public import NIOCore

/// What one client, or all of them together, may cost. Every queue and buffer of the server is
/// bounded by one of these.
public struct ServerLimits: Sendable {
    /// Bytes of one request message. etcd's default request limit (1.5 MiB) and its 512 KiB for
    /// overhead; its clients expect exactly this.
    public var messageBytesMax = 2 * 1024 * 1024
    /// Connections in all. Each costs a descriptor and some 20 KiB; the usual descriptor limit of
    /// a service is far above.
    public var connectionsMax = 4096
    /// Of these, for whom the gatekeeper keeps a place; an administrator gets in whoever else fills
    /// the server. The limit of a user does not hold for those.
    public var connectionsKept = 0
    /// Connections of one user: one misbehaving application leaves room for the others.
    public var connectionsPerUserMax = 1024
    /// Streams of one connection. Clients queue further calls themselves; with
    /// `streamWindowBytes` it bounds what a connection can make the server hold.
    public var streamsPerConnectionMax = 250
    /// Decoded bytes of a header list (each field counts 32 more, RFC 9113 section 6.5.2).
    /// Tokens are below 1 KiB; grpc-go itself allows 16 MiB, which serves attackers only.
    public var headerBytesMax = 64 * 1024
    /// Fields of a header list.
    public var headersMax = 128
    /// CONTINUATION frames of one header block: nine frames of 16 KiB hold any allowed list.
    public var continuationsMax = 8
    /// Bytes of a stream's body that the client may send before they are taken. A put of a usual
    /// value needs no extra round trip.
    public var streamWindowBytes = 256 * 1024
    /// The same for the whole connection: several large puts at once are not throttled.
    public var connectionWindowBytes = 4 * 1024 * 1024
    /// Body bytes of unary requests that exceed their stream's window, held for one connection at
    /// once. Further large requests wait, in order, for the ones before them.
    public var largeRequestBytesMax = 16 * 1024 * 1024
    /// Bytes of requests that one user may have waiting, on all connections together: heads of
    /// open streams, messages without their end, and those for a handler that paused. The
    /// connection that brings one too many is closed. It is 128 messages of the largest size.
    public var waitingBytesPerUserMax = 256 * 1024 * 1024
    /// RST_STREAM frames a second. A rapid reset attack (CVE-2023-44487) sends tens of thousands;
    /// a client that cancels a hundred watches at once is fine.
    public var resetsPerSecond = 500
    /// PING frames a second, besides one for whatever the client was sent.
    public var pingsPerSecond = 200
    /// SETTINGS frames a second. Real clients send one or two in all.
    public var settingsPerSecond = 20
    /// Frames a second that carry neither a request nor a body: PRIORITY, empty DATA and
    /// CONTINUATION. Generous, since window updates of a client that reads 1 GB/s are not
    /// counted at all.
    public var idleFramesPerSecond = 2000
    /// Bytes that a connection's socket does not take before the server makes no more for it, and
    /// stops reading from it. The socket itself has room for some 200 KiB.
    public var outboundBytesPausingReads = 32 * 1024
    /// Bytes of unary answers that a connection has not taken, above which its further unary
    /// requests wait their turn. A client that asks for much and never reads costs this, and one
    /// answer more, not as many answers as it has streams; and those of its requests that came at
    /// once are not all answered before another connection gets its turn. Four times what one turn
    /// of the event loop sends: the client never waits for more.
    public var unreadAnswerBytesMax = 1024 * 1024
    /// Unsent bytes of one stream above which it is not writable.
    public var streamOutboundBytesMax = 256 * 1024
    /// Bytes of answers that wait in the server to be read, and of long ones that are being put
    /// together. A user may have as many as there is room left: half of it at most, and whoever
    /// comes late has room, too.
    public var unreadBytesMax = 1024 * 1024 * 1024
    /// Of these, what a connection does not count before it is more. A user without room is still
    /// answered with so much on each connection that is read from.
    public var uncountedBytesMax = 32 * 1024
    /// The same for a stream.
    public var uncountedStreamBytesMax = 4 * 1024
    /// When a stream that has nothing unsent looks again whether its user has room.
    public var roomCheckInterval = TimeAmount.milliseconds(100)
    /// Idle time after which the server pings a client: etcd's default.
    public var keepaliveInterval = TimeAmount.hours(2)
    /// How long the answer to that ping may take: etcd's default.
    public var keepaliveTimeout = TimeAmount.seconds(20)
    /// Time for a new connection to send its whole preface and first frame; a slow loris ends here.
    public var handshakeTimeout = TimeAmount.seconds(10)
    /// Bytes of a request over HTTP/1.1, which has no body: curl sends less than 100.
    public var plainRequestBytesMax = 8 * 1024
    /// Time for the client to take the answer to it. The request itself has `handshakeTimeout`.
    public var plainAnswerTimeout = TimeAmount.seconds(10)
    /// Time for a header block, once begun, to be complete.
    public var headerTimeout = TimeAmount.seconds(10)

    /// The defaults above.
    public init() {}
}
