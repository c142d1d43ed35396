import NIOCore

/// The client's side of a connection. Everything here happens on its event loop.
final class ClientConnection: Connection {
    private let limits: ClientLimits
    private var streams = SlotTable<ClientStreamState>()
    /// Why no further call can start; nil while one can.
    private var end: Status?

    init(limits: ClientLimits) {
        self.limits = limits
    }

    override func makeSession() throws(Session.Failure) -> Session {
        try Session(
            settings: SessionSettings(
                isServer: false, streamsMax: 0, streamWindowBytes: limits.streamWindowBytes,
                connectionWindowBytes: limits.connectionWindowBytes,
                headerBytesMax: limits.headerBytesMax, continuationsMax: 8),
            delegate: self)
    }

    override func sessionFailed(_ failure: Session.Failure) {
        end = end ?? Status(.unavailable, "the server broke HTTP/2: \(failure.description)")
    }

    override func connectionClosed(_ error: (any Error)?) {
        let status = end ?? Status(.unavailable, "the connection to the server was lost")
        end = status
        for stream in streams.all where stream.isLive {
            stream.call?.end(stream.failure ?? status)
            stream.clear()
        }
    }

    override func flushCompleted() {
        if end != nil, streams.liveCount == 0 {
            flushAndClose()
        }
    }

    // MARK: Calls

    func start(_ call: ClientCall, _ request: ClientRequest, message: ByteBuffer?) {
        guard end == nil, let session else {
            call.end(end ?? Status(.unavailable, "the connection to the server was lost"))
            return
        }
        let slot = streams.take { slot in ClientStreamState(slot: slot, limits: limits) }
        let stream = streams[slot]
        stream.open(call)
        stream.assembler.recyclesBodies = request.recyclesMessages
        if let message {
            stream.outbound.append(message)
            stream.isSendingFinished = true
        }
        do {
            stream.streamID = try session.submitRequest(request.headers(), slot: stream.slot)
        } catch {
            stream.clear()
            streams.giveBack(slot: stream.slot)
            call.end(
                (error as? Status) ?? Status(.unavailable, "the connection has no stream left"))
            return
        }
        call.slot = stream.slot
        call.connection = self
        if let timeout = request.timeout, let context {
            let own = NIOLoopBound(self, eventLoop: context.eventLoop)
            call.deadline = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                own.value.cancel(call, Status(.deadlineExceeded, "context deadline exceeded"))
            }
        }
        flush()
    }

    func send(_ call: ClientCall, _ message: ByteBuffer) {
        guard let stream = stream(of: call) else { return }
        stream.outbound.append(message)
        session?.resume(streamID: stream.streamID)
        flush()
    }

    func finishSending(_ call: ClientCall) {
        guard let stream = stream(of: call) else { return }
        stream.isSendingFinished = true
        session?.resume(streamID: stream.streamID)
        flush()
    }

    /// Ends a call from this side.
    func cancel(_ call: ClientCall, _ status: Status) {
        call.end(status)
        guard let stream = stream(of: call) else { return }
        stream.failure = status
        session?.reset(streamID: stream.streamID, error: ErrorCode.cancel)
        flush()
    }

    /// The caller took messages: the server may send more.
    func messagesTaken(_ call: ClientCall) {
        guard let stream = stream(of: call), !call.hasMessages, stream.heldBytes > 0 else { return }
        session?.consume(streamID: stream.streamID, count: stream.heldBytes)
        stream.heldBytes = 0
        flush()
    }

    /// No further calls; closes once those under way are done.
    func shutDown() {
        end = end ?? Status(.unavailable, "the client is closed")
        session?.goAway()
        if streams.liveCount == 0 { flushAndClose() } else { flush() }
    }

    private func stream(of call: ClientCall) -> ClientStreamState? {
        guard let slot = call.slot else { return nil }
        let stream = streams[slot]
        return stream.call === call ? stream : nil
    }

    private func fail(_ stream: ClientStreamState, _ status: Status) {
        guard stream.failure == nil else { return }
        stream.failure = status
        stream.call?.end(status)
        session?.reset(streamID: stream.streamID, error: ErrorCode.cancel)
    }
}

extension ClientConnection: SessionDelegate {
    func frameBegan(_ frame: FrameHeader) {}

    func headersBegan(streamID: Int32, slot: Int?, isRequest: Bool) -> Int? { slot }

    func header(
        slot: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> Bool {
        let stream = streams[slot]
        if !stream.head.add(name, value, bytesMax: limits.headerBytesMax) {
            fail(stream, Status(.resourceExhausted, "the server's header list is too large"))
        }
        return true
    }

    func headersEnded(slot: Int, endsStream: Bool) {
        let stream = streams[slot]
        if let encoding = stream.head.encoding { stream.assembler.encoding = encoding }
        if !endsStream, stream.head.httpStatus != 200 || !stream.head.isGRPC {
            fail(stream, stream.head.status)
        }
    }

    func dataReceived(slot: Int, bytes: UnsafeRawBufferPointer) {
        let stream = streams[slot]
        guard stream.failure == nil, let call = stream.call else { return }
        var rest = bytes
        do {
            while let message = try stream.assembler.next(from: &rest) {
                call.deliver(message)
                if rest.isEmpty { break }
            }
        } catch {
            fail(stream, error)
            return
        }
        stream.heldBytes += bytes.count
        if !call.hasMessages {
            session?.consume(streamID: stream.streamID, count: stream.heldBytes)
            stream.heldBytes = 0
        }
    }

    func remoteEnded(slot: Int) {
        let stream = streams[slot]
        guard stream.failure == nil else { return }
        if !stream.assembler.isBetweenMessages, stream.head.grpcStatus ?? 0 == 0 {
            stream.failure = Status(
                .internal, "the response ends in the middle of a message")
        }
        stream.call?.end(stream.failure ?? stream.head.status)
        // A server may answer before the request is complete; nothing more is worth sending.
        if !stream.isSendingFinished || stream.outbound.byteCount > 0 {
            session?.reset(streamID: stream.streamID, error: ErrorCode.cancel)
        }
    }

    func streamClosed(slot: Int, error: UInt32) {
        let stream = streams[slot]
        let status: Status =
            switch error {
            case ErrorCode.none: stream.head.status
            case ErrorCode.refusedStream:
                Status(.unavailable, "the server takes no more calls on this connection")
            case ErrorCode.cancel: Status(.cancelled, "the call was cancelled")
            case ErrorCode.enhanceYourCalm:
                Status(.resourceExhausted, "the server asks for less at a time")
            default: Status(.internal, "the stream was reset with HTTP/2 error \(error)")
            }
        stream.call?.end(stream.failure ?? status)
        stream.clear()
        streams.giveBack(slot: slot)
    }

    func goAwayReceived(lastStreamID: Int32, error: UInt32) {
        end = end ?? Status(.unavailable, "the server is shutting down")
    }

    func pingAnswered() {}
    func trailersSent(slot: Int) {}

    func offer(slot: Int, upTo count: Int) -> DataOffer {
        let stream = streams[slot]
        let offered = min(count, stream.outbound.byteCount)
        if offered == stream.outbound.byteCount, stream.isSendingFinished {
            return .last(offered)
        }
        return offered == 0 ? .later : .bytes(offered)
    }

    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        let stream = streams[slot]
        stream.outbound.take(count, into: &output)
        stream.call?.sent(count)
    }
}
