import NIOCore

/// What a `Session` reports while it reads or produces frames. All calls on its event loop.
///
/// `slot` is the number that the delegate gave the stream; streams without one are not reported.
protocol SessionDelegate: AnyObject {
    /// A frame's header was read; DATA and HEADERS included.
    func frameBegan(_ frame: FrameHeader)
    /// A request's or response's header block begins. Returns the slot of the stream; nil lets
    /// the block pass unreported.
    func headersBegan(streamID: Int32, slot: Int?, isRequest: Bool) -> Int?
    /// A header field. False stops the block and resets the stream.
    func header(slot: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool
    /// The header block is complete. When it ends the stream, `remoteEnded` follows.
    func headersEnded(slot: Int, endsStream: Bool)
    /// Body bytes arrived. The connection's window is open again already; the stream's opens with
    /// `Session.consume`.
    func dataReceived(slot: Int, bytes: UnsafeRawBufferPointer)
    /// The peer sends nothing more on this stream.
    func remoteEnded(slot: Int)
    /// Our side of the stream ended with a header block that has just been sent.
    func trailersSent(slot: Int)
    /// The stream is gone; its slot may be used again. `error` is an HTTP/2 error code.
    func streamClosed(slot: Int, error: UInt32)
    /// The peer will answer no stream above `lastStreamID`.
    func goAwayReceived(lastStreamID: Int32, error: UInt32)
    /// The peer answered a PING.
    func pingAnswered()
    /// The stream may send up to `count` body bytes.
    func offer(slot: Int, upTo count: Int) -> DataOffer
    /// Appends the next `count` body bytes, which were offered before.
    func take(slot: Int, count: Int, into output: inout ByteBuffer)
}
