/// What a session tells its peer, and the limits that nghttp2 itself enforces.
struct SessionSettings {
    var isServer: Bool
    /// Streams that the peer may have open at once.
    var streamsMax: Int
    /// Bytes of one stream's body that may be under way and not taken.
    var streamWindowBytes: Int
    /// The same for the whole connection.
    var connectionWindowBytes: Int
    /// Decoded bytes of a header list.
    var headerBytesMax: Int
    /// CONTINUATION frames of one header block.
    var continuationsMax: Int
}
