import NIOCore

// What leaves on the streams.
extension ServerConnection {
    /// An answer from `UnaryCall.finish`.
    func answer(_ call: UnaryCall, _ result: UnaryResult) {
        let stream = streams[call.slot]
        guard stream.call === call else { return }
        send(result, on: stream)
    }

    /// Sends the answer of a unary call, once it is in the journal.
    func send(_ result: UnaryResult, on stream: ServerStream) {
        guard !stream.isAnswered else { return }
        guard let journal = mailbox.journal, let call = stream.call else {
            noteUnread(result.byteCount)
            return submit(result, on: stream)
        }
        journal.answered(call, result.status)
        hold(result, of: stream)
    }

    /// Refuses a call before its handler, once that is in the journal.
    func turnAway(_ stream: ServerStream, _ status: Status) {
        guard !stream.isAnswered else { return }
        guard let journal = mailbox.journal else { return fail(stream, status) }
        let status = journal.refused(
            path: stream.head.path, caller: caller(of: stream), status)
        hold(.failure(status), of: stream)
    }

    func caller(of stream: ServerStream) -> Caller {
        Caller(peer: peer, identification: identification, metadata: stream.head.metadata)
    }

    private func hold(_ result: UnaryResult, of stream: ServerStream) {
        stream.isHeld = true
        // Counted from now on: a client that asks faster than it reads is not answered further.
        noteUnread(result.byteCount)
        switch result {
        // Nothing of it is sent before the head is.
        case .message(let message): stream.outbound.append(message)
        case .chunks(let chunks): stream.outbound.append(chunks: chunks)
        case .failure(let status): stream.heldFailure = status
        }
        mailbox.noteHeld(by: self, isFirst: heldAnswers.isEmpty)
        heldAnswers.append(HeldAnswer(slot: stream.slot, streamID: stream.streamID))
    }

    /// The journal has what was held, or `failure` says what is answered in its place.
    func releaseHeld(instead failure: Status?) {
        var answers: [HeldAnswer] = []
        swap(&answers, &heldAnswers)
        for answer in answers { release(answer, instead: failure) }
        // Keeps the array's memory for the next batch.
        answers.removeAll(keepingCapacity: true)
        if heldAnswers.isEmpty { swap(&answers, &heldAnswers) }
    }

    private func release(_ answer: HeldAnswer, instead failure: Status?) {
        withStream(answer.slot) { release(answer, on: $0, instead: failure) }
    }

    private func release(
        _ answer: HeldAnswer, on stream: ServerStream, instead failure: Status?
    ) {
        // It may be over: cut off, or its slot another's.
        guard stream.isLive, stream.streamID == answer.streamID, stream.finalStatus == nil else {
            return
        }
        stream.isHeld = false
        if let failure = failure ?? stream.heldFailure {
            stream.heldFailure = nil
            unreadAnswerBytes -= stream.outbound.byteCount
            stream.outbound.removeAll()
            fail(stream, failure)
        } else {
            stream.finalStatus = .ok
            sendHead(of: stream)
        }
    }

    /// `unreadAnswerBytes` has counted it already.
    private func submit(_ result: UnaryResult, on stream: ServerStream) {
        switch result {
        case .message(let message):
            stream.outbound.append(message)
        case .chunks(let chunks):
            stream.outbound.append(chunks: chunks)
        case .failure(let status):
            fail(stream, status)
            return
        }
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
        let status = Status(.deadlineExceeded, "context deadline exceeded")
        // Not all of the request came, or it waited: no handler had it.
        if stream.streamCall == nil, stream.call == nil { return turnAway(stream, status) }
        stream.call?.cancel()
        send(.failure(status), on: stream)
    }

    func resumeReading(_ call: StreamCall) {
        let stream = streams[call.slot]
        guard stream.streamCall === call, stream.finalStatus == nil else { return }
        deliverHeld(stream)
    }

    private func sendHead(of stream: ServerStream) {
        withSession { session in
            if stream.hasSentHead {
                session.resume(streamID: stream.streamID)
            } else {
                stream.hasSentHead = true
                session.submitResponse(streamID: stream.streamID, slot: stream.slot)
            }
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
        withStream(slot) { offer(of: $0, upTo: count) }
    }

    private func offer(of stream: ServerStream, upTo count: Int) -> DataOffer {
        let offered = min(count, stream.outbound.byteCount)
        stream.offeredBytes = offered
        if offered == stream.outbound.byteCount, let status = stream.finalStatus {
            return .lastBeforeTrailers(offered, status)
        }
        return offered == 0 ? .later : .bytes(offered)
    }

    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        withStream(slot) { take(from: $0, count: count, into: &output) }
    }

    private func take(from stream: ServerStream, count: Int, into output: inout ByteBuffer) {
        stream.outbound.take(count, into: &output)
        abuse.sentBody()
        stream.offeredBytes = 0
        if stream.streamCall == nil { unreadAnswerBytes -= count }
        if let call = stream.streamCall {
            if call.sent(count) { writableSlots.append(stream.slot) }
        }
    }

    /// A client that goes on sending is told that nobody listens (RFC 9113 section 8.1).
    func trailersSent(slot: Int) {
        withStream(slot) { stream in
            guard !stream.isRemoteEnded else { return }
            session?.reset(streamID: stream.streamID, error: ErrorCode.none)
        }
    }

    func streamClosed(slot: Int, error: UInt32) {
        withStream(slot) { end($0) }
        streams.giveBack(slot: slot)
    }

    /// The stream is gone. Tells whoever still works on it.
    func end(_ stream: ServerStream) {
        if let call = stream.call {
            // What it asked for may have been done all the same.
            if !stream.isAnswered, let journal = mailbox.journal {
                journal.answered(call, .cancelled)
                mailbox.noteNews()
            }
            call.cancel()
        }
        if let handler = stream.handler {
            stream.handler = nil
            handler.cancelled()
        }
        if stream.reservedBytes > 0 || stream.heldBytes > 0 {
            releaseReservation(of: stream)
        }
        if stream.streamCall == nil { unreadAnswerBytes -= stream.outbound.byteCount }
        stream.clear()
        countWaiting(on: stream)
    }
}
