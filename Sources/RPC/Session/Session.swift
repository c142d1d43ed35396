import CNghttp2
import NIOCore

/// One HTTP/2 connection's state in nghttp2. Every nghttp2 pointer stays in this file and its
/// `Session+` neighbours; it is freed once, after the last call into it has returned.
///
/// The user data of an nghttp2 stream is not a pointer but the stream's slot + 1: nothing that is
/// freed early can be reached through it.
final class Session {
    /// The library refused to go on: the connection must be closed.
    struct Failure: Error {
        var code: Int32
        var description: String { String(cString: nghttp2_strerror(code)) }
    }

    /// Kept, and by a constant, so that a callback counts no reference; who keeps the session has
    /// to let go of it.
    let delegate: any SessionDelegate

    /// For the callbacks of `Session+Callbacks` only.
    private(set) var pointer: OpaquePointer?
    /// Calls into nghttp2 that have not returned: a session closed by a callback is freed after.
    private var depth = 0
    private(set) var isClosed = false

    let responseHeaders = ResponseHeaders()

    /// Where `produce` gathers frames, and how much it may gather at a time.
    var output = ByteBuffer()
    private var outputBytesMax = 0

    init(settings: SessionSettings, delegate: any SessionDelegate) throws(Failure) {
        self.delegate = delegate
        let callbacks = try Self.makeCallbacks()
        defer { nghttp2_session_callbacks_del(callbacks) }
        let options = try Self.makeOptions(settings)
        defer { nghttp2_option_del(options) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        try Self.check(
            settings.isServer
                ? nghttp2_session_server_new2(&pointer, callbacks, context, options)
                : nghttp2_session_client_new2(&pointer, callbacks, context, options))
        try submit(settings)
    }

    deinit {
        nghttp2_session_del(pointer)
    }

    /// Ends the session: no callback comes after this, and every other method does nothing.
    func close() {
        isClosed = true
        freeIfUnused()
    }

    private func freeIfUnused() {
        if isClosed, depth == 0, let pointer {
            self.pointer = nil
            nghttp2_session_del(pointer)
        }
    }

    static func check(_ code: Int32) throws(Failure) {
        if code < 0 { throw Failure(code: code) }
    }

    private func submit(_ settings: SessionSettings) throws(Failure) {
        var entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(settings.streamWindowBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(settings.headerBytesMax)),
        ]
        if settings.isServer {
            entries.append(
                nghttp2_settings_entry(
                    settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                    value: UInt32(settings.streamsMax)))
        } else {
            entries.append(
                nghttp2_settings_entry(
                    settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
        }
        try Self.check(nghttp2_submit_settings(pointer, 0, entries, entries.count))
        try Self.check(
            nghttp2_session_set_local_window_size(
                pointer, 0, 0, Int32(settings.connectionWindowBytes)))
    }

    // MARK: Bytes in, bytes out

    /// Feeds bytes from the peer.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        let taken = enter { nghttp2_session_mem_recv($0, base, bytes.count) } ?? 0
        try Self.check(Int32(truncatingIfNeeded: min(taken, 0)))
    }

    /// Appends frames to `output` until it holds `bytesMax` bytes or there is nothing to send.
    /// Returns whether there may be more.
    func produce(bytesMax: Int) throws(Failure) -> Bool {
        outputBytesMax = bytesMax
        while output.readableBytes < bytesMax {
            var frame: UnsafePointer<UInt8>?
            let count = enter { nghttp2_session_mem_send($0, &frame) } ?? 0
            try Self.check(Int32(truncatingIfNeeded: min(count, 0)))
            if count > 0, let frame {
                output.writeBytes(UnsafeRawBufferPointer(start: frame, count: count))
            } else if output.readableBytes < bytesMax {
                return false
            }
        }
        return true
    }

    /// Whether nghttp2 has anything left to read or to send; when not, the connection is over.
    var isFinished: Bool {
        guard let pointer, !isClosed else { return true }
        return nghttp2_session_want_read(pointer) == 0 && nghttp2_session_want_write(pointer) == 0
    }

    /// Appends a DATA frame; false when `output` is full and the frame must wait.
    func write(
        frameHeader: UnsafePointer<UInt8>, slot: Int, count: Int
    ) -> Bool {
        guard output.readableBytes < outputBytesMax else { return false }
        output.writeBytes(UnsafeRawBufferPointer(start: frameHeader, count: 9))
        if count > 0 {
            delegate.take(slot: slot, count: count, into: &output)
        }
        return true
    }

    private func enter<R>(_ body: (OpaquePointer) -> R) -> R? {
        guard let pointer, !isClosed else { return nil }
        depth += 1
        defer {
            depth -= 1
            freeIfUnused()
        }
        return body(pointer)
    }

    // MARK: Streams

    /// Opens a stream of ours; the request ends with what `offer` calls the last.
    func submitRequest(_ headers: HeaderBlock, slot: Int) throws(Failure) -> Int32 {
        var provider = Self.dataProvider(slot: slot)
        let streamID =
            enter { pointer in
                headers.withFields { fields in
                    nghttp2_submit_request(
                        pointer, nil, fields.baseAddress, fields.count, &provider,
                        Self.userData(slot: slot))
                }
            } ?? Int32(NGHTTP2_ERR_INVALID_STATE.rawValue)
        try Self.check(streamID)
        return streamID
    }

    /// Answers with headers, then what the delegate offers.
    func submitResponse(streamID: Int32, slot: Int) {
        var provider = Self.dataProvider(slot: slot)
        _ = enter { pointer in
            responseHeaders.start.withFields { fields in
                nghttp2_submit_response(
                    pointer, streamID, fields.baseAddress, fields.count, &provider)
            }
        }
    }

    /// Answers with one header block and nothing else.
    func submitResponseWithoutBody(_ headers: HeaderBlock, streamID: Int32) {
        _ = enter { pointer in
            headers.withFields { fields in
                nghttp2_submit_response(pointer, streamID, fields.baseAddress, fields.count, nil)
            }
        }
    }

    func submitTrailers(_ status: Status, streamID: Int32) {
        _ = enter { pointer in
            responseHeaders.withTrailers(status) { fields in
                nghttp2_submit_trailer(pointer, streamID, fields.baseAddress, fields.count)
            }
        }
    }

    /// The stream that answered `.later` has something to offer.
    func resume(streamID: Int32) {
        // Fails when the stream was not waiting, which is fine: it will be asked anyway.
        _ = enter { nghttp2_session_resume_data($0, streamID) }
    }

    func reset(streamID: Int32, error: UInt32) {
        _ = enter { nghttp2_submit_rst_stream($0, 0, streamID, error) }
    }

    /// Lets the peer send `count` more bytes on the stream.
    func consume(streamID: Int32, count: Int) {
        _ = enter { nghttp2_session_consume_stream($0, streamID, count) }
    }

    // MARK: The connection

    func ping() {
        _ = enter { nghttp2_submit_ping($0, 0, nil) }
    }

    /// The first step of a graceful end: the peer is asked to open no more streams, and those it
    /// has opened meanwhile are still served.
    func announceShutdown() {
        _ = enter { nghttp2_submit_shutdown_notice($0) }
    }

    /// The second step: streams that have not arrived by now are not served.
    func goAway() {
        _ = enter { pointer in
            nghttp2_submit_goaway(
                pointer, 0, nghttp2_session_get_last_proc_stream_id(pointer), 0, nil, 0)
        }
    }

    /// Says why, then stops: nothing is read any more.
    func terminate(error: UInt32) {
        _ = enter { nghttp2_session_terminate_session($0, error) }
    }
}
