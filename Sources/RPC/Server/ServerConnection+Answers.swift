import NIOCore

// What leaves on the streams.
extension ServerConnection {
    /// An answer from `UnaryCall.finish`.
    func answer(_ call: UnaryCall, _ result: UnaryResult) {
        let stream = streams[call.slot]
        guard stream.call === call else { return }
        send(result, on: stream)
    }

    func send(_ result: UnaryResult, on stream: ServerStream) {
        guard stream.finalStatus == nil else { return }
        switch result {
        case .message(let message):
            stream.outbound.append(message)
        case .chunks(let chunks):
            stream.outbound.append(chunks: chunks)
        case .failure(let status):
            fail(stream, status)
            return
        }
        unreadAnswerBytes += stream.outbound.byteCount
        stream.finalStatus = .ok
        sendHead(of: stream)
    }

    /// Ends a call that has not ended; the handler of a stream is not told.
    func fail(_ stream: ServerStream, _ status: Status) {
        guard stream.finalStatus == nil else { return }
        stream.finalStatus = status
        if let handler = stream.handler {
            stream.handler = nil
            handler.cancelled()
        }
        finishSending(stream, status)
    }

    func refuse(_ stream: ServerStream, _ status: Status, httpStatus: StaticString) {
        stream.finalStatus = status
        session?.submitResponseWithoutBody(
            ResponseHeaders.trailersOnly(status, httpStatus: httpStatus),
            streamID: stream.streamID)
    }

    func sendOutbox(of call: StreamCall) {
        let buffers = call.takeSent()
        let stream = streams[call.slot]
        guard stream.streamCall === call, stream.finalStatus == nil else { return }
        for buffer in buffers { stream.outbound.append(prefixed: buffer) }
        sendHead(of: stream)
    }

    func finish(_ call: StreamCall, _ status: Status) {
        let stream = streams[call.slot]
        guard stream.streamCall === call, stream.finalStatus == nil else { return }
        stream.finalStatus = status
        stream.handler = nil
        finishSending(stream, status)
    }

    /// The deadline passed. The client has given up, or will at once.
    func expire(_ stream: ServerStream) {
        let unsent = stream.outbound.byteCount
        stream.outbound.truncate(keeping: stream.offeredBytes)
        if stream.streamCall == nil { unreadAnswerBytes -= unsent - stream.outbound.byteCount }
        stream.call?.cancel()
        fail(stream, Status(.deadlineExceeded, "context deadline exceeded"))
    }

    func resumeReading(_ call: StreamCall) {
        let stream = streams[call.slot]
        guard stream.streamCall === call, stream.finalStatus == nil else { return }
        deliverHeld(stream)
    }

    private func sendHead(of stream: ServerStream) {
        if stream.hasSentHead {
            session?.resume(streamID: stream.streamID)
        } else {
            stream.hasSentHead = true
            session?.submitResponse(
                ResponseHeaders.start, streamID: stream.streamID, slot: stream.slot)
        }
    }

    private func finishSending(_ stream: ServerStream, _ status: Status) {
        if stream.hasSentHead {
            session?.resume(streamID: stream.streamID)
        } else {
            session?.submitResponseWithoutBody(
                ResponseHeaders.trailersOnly(status), streamID: stream.streamID)
        }
    }

    // MARK: For the session

    func offer(slot: Int, upTo count: Int) -> DataOffer {
        let stream = streams[slot]
        let offered = min(count, stream.outbound.byteCount)
        stream.offeredBytes = offered
        if offered == stream.outbound.byteCount, let status = stream.finalStatus {
            return .lastBeforeTrailers(offered, status)
        }
        return offered == 0 ? .later : .bytes(offered)
    }

    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        let stream = streams[slot]
        stream.outbound.take(count, into: &output)
        abuse.sentBody()
        stream.offeredBytes = 0
        if stream.streamCall == nil { unreadAnswerBytes -= count }
        if let call = stream.streamCall {
            if call.sent(count) { writableSlots.append(slot) }
        }
    }

    /// A client that goes on sending is told that nobody listens (RFC 9113 section 8.1).
    func trailersSent(slot: Int) {
        let stream = streams[slot]
        if !stream.isRemoteEnded {
            session?.reset(streamID: stream.streamID, error: ErrorCode.none)
        }
    }

    func streamClosed(slot: Int, error: UInt32) {
        end(streams[slot])
        streams.giveBack(slot: slot)
    }

    /// The stream is gone. Tells whoever still works on it.
    func end(_ stream: ServerStream) {
        stream.call?.cancel()
        if let handler = stream.handler {
            stream.handler = nil
            handler.cancelled()
        }
        if stream.reservedBytes > 0 || stream.heldBytes > 0 {
            releaseReservation(of: stream)
        }
        if stream.streamCall == nil { unreadAnswerBytes -= stream.outbound.byteCount }
        stream.clear()
    }
}
