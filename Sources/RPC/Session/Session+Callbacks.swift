import CNghttp2
import NIOCore

// What nghttp2 calls, and how its stream data and options are made.
extension Session {
    static func userData(slot: Int) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: slot + 1)
    }

    private static func slot(_ session: OpaquePointer?, _ streamID: Int32) -> Int? {
        nghttp2_session_get_stream_user_data(session, streamID).map { Int(bitPattern: $0) - 1 }
    }

    /// Lends the session of a callback, without counting a reference: a request has about twenty.
    ///
    /// SAFETY: the user data of an nghttp2 session is its `Session`, which frees it before it
    /// goes away and whose `enter` is on the stack during every callback.
    @inline(__always)
    private static func lend<R>(
        _ context: UnsafeMutableRawPointer?, orElse fallback: R, _ body: (Session) -> R
    ) -> R {
        guard let context else { return fallback }
        return Unmanaged<Session>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
    }

    static func dataProvider(slot: Int) -> nghttp2_data_provider {
        nghttp2_data_provider(
            source: nghttp2_data_source(ptr: userData(slot: slot)),
            read_callback: { pointer, streamID, _, count, flags, source, context in
                let failure = Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
                guard let flags, let source,
                    let slot = source.pointee.ptr.map({ Int(bitPattern: $0) - 1 })
                else { return failure }
                return Session.lend(context, orElse: failure) {
                    $0.read(slot: slot, streamID: streamID, count: count, flags: flags)
                }
            })
    }

    private func read(
        slot: Int, streamID: Int32, count: Int, flags: UnsafeMutablePointer<UInt32>
    ) -> Int {
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        switch delegate.offer(slot: slot, upTo: count) {
        case .later:
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .bytes(let count):
            return count
        case .last(let count):
            flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            return count
        case .lastBeforeTrailers(let count, let status):
            flags.pointee |=
                NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            submitTrailers(status, streamID: streamID)
            return count
        }
    }

    static func makeOptions(
        _ settings: SessionSettings
    ) throws(Failure) -> OpaquePointer? {
        var options: OpaquePointer?
        try check(nghttp2_option_new(&options))
        // The window of a stream opens when its messages are taken, not when they arrive.
        nghttp2_option_set_no_auto_window_update(options, 1)
        // nghttp2 would refuse etcd's clients, whose `:authority` is a path: `RequestHead` checks
        // what gRPC needs.
        nghttp2_option_set_no_http_messaging(options, 1)
        nghttp2_option_set_no_closed_streams(options, 1)
        nghttp2_option_set_max_continuations(options, settings.continuationsMax)
        nghttp2_option_set_max_send_header_block_length(options, 64 * 1024)
        // Resets are counted by `ServerConnection`, which says why it closes; nghttp2's own limit
        // is only the second net.
        nghttp2_option_set_stream_reset_rate_limit(options, 1_000_000, 100_000)
        return options
    }

    static func makeCallbacks() throws(Failure) -> OpaquePointer? {
        var callbacks: OpaquePointer?
        try check(nghttp2_session_callbacks_new(&callbacks))
        setFrameCallbacks(callbacks)
        setHeaderCallbacks(callbacks)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            pointer, _, streamID, bytes, count, context in
            // The connection's window only bounds what is under way: the streams' windows bound
            // what is kept, and one paused stream must not stop the others.
            nghttp2_session_consume_connection(pointer, count)
            Session.lend(context, orElse: ()) { session in
                guard !session.isClosed, let slot = Session.slot(pointer, streamID) else { return }
                session.delegate.dataReceived(
                    slot: slot, bytes: UnsafeRawBufferPointer(start: bytes, count: count))
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) {
            pointer, streamID, error, context in
            Session.lend(context, orElse: ()) { session in
                guard !session.isClosed, let slot = Session.slot(pointer, streamID) else { return }
                session.delegate.streamClosed(slot: slot, error: error)
            }
            return 0
        }
        nghttp2_session_callbacks_set_send_data_callback(callbacks) {
            _, frame, header, count, source, context in
            let failure = Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            guard let header, let source,
                let slot = source.pointee.ptr.map({ Int(bitPattern: $0) - 1 })
            else { return failure }
            return Session.lend(context, orElse: failure) { session in
                session.write(frameHeader: header, slot: slot, count: count)
                    ? 0 : Int32(NGHTTP2_ERR_WOULDBLOCK.rawValue)
            }
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { pointer, frame, context in
            guard let header = frame?.pointee.hd,
                UInt32(header.type) == NGHTTP2_HEADERS.rawValue,
                UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
            else { return 0 }
            Session.lend(context, orElse: ()) { session in
                guard !session.isClosed, let slot = Session.slot(pointer, header.stream_id)
                else { return }
                session.delegate.trailersSent(slot: slot)
            }
            return 0
        }
        return callbacks
    }

    private static func setFrameCallbacks(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, context in
            guard let header = header?.pointee else { return 0 }
            Session.lend(context, orElse: ()) { session in
                guard !session.isClosed else { return }
                session.delegate.frameBegan(
                    FrameHeader(type: header.type, flags: header.flags, length: header.length))
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { pointer, frame, context in
            guard let frame else { return 0 }
            Session.lend(context, orElse: ()) { session in
                if !session.isClosed { session.received(frame) }
            }
            return 0
        }
    }

    private func received(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
            guard let slot = Self.slot(pointer, header.stream_id) else { return }
            let endsStream = UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
            if UInt32(header.type) == NGHTTP2_HEADERS.rawValue {
                delegate.headersEnded(slot: slot, endsStream: endsStream)
            }
            if endsStream {
                delegate.remoteEnded(slot: slot)
            }
        case NGHTTP2_PING.rawValue where UInt32(header.flags) & NGHTTP2_FLAG_ACK.rawValue != 0:
            delegate.pingAnswered()
        case NGHTTP2_GOAWAY.rawValue:
            delegate.goAwayReceived(
                lastStreamID: frame.pointee.goaway.last_stream_id,
                error: frame.pointee.goaway.error_code)
        default:
            break
        }
    }

    private static func setHeaderCallbacks(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) {
            pointer, frame, context in
            guard let frame else { return 0 }
            let streamID = frame.pointee.hd.stream_id
            let isRequest =
                frame.pointee.headers.cat.rawValue == NGHTTP2_HCAT_REQUEST.rawValue
            Session.lend(context, orElse: ()) { session in
                guard !session.isClosed else { return }
                let known = Session.slot(pointer, streamID)
                let slot = session.delegate.headersBegan(
                    streamID: streamID, slot: known, isRequest: isRequest)
                guard let slot, known == nil else { return }
                nghttp2_session_set_stream_user_data(
                    pointer, streamID, Session.userData(slot: slot))
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            pointer, frame, name, nameCount, value, valueCount, _, context in
            guard let slot = frame.flatMap({ Session.slot(pointer, $0.pointee.hd.stream_id) })
            else { return 0 }
            return Session.lend(context, orElse: 0) { session in
                if session.isClosed { return 0 }
                let isAccepted = session.delegate.header(
                    slot: slot, name: UnsafeRawBufferPointer(start: name, count: nameCount),
                    value: UnsafeRawBufferPointer(start: value, count: valueCount))
                return isAccepted ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
            }
        }
    }
}
