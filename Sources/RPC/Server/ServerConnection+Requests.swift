import NIOCore

// What arrives on the streams.
extension ServerConnection: SessionDelegate {
    func headersBegan(streamID: Int32, slot: Int?, isRequest: Bool) -> Int? {
        isHeaderBlockOpen = true
        if let slot { return slot }
        guard isRequest else { return nil }
        let slot = streams.take { slot in ServerStream(slot: slot, limits: limits) }
        withStream(slot) { $0.open(streamID: streamID) }
        return slot
    }

    /// Lends a stream, as `SlotTable.unmanaged` does.
    @inline(__always)
    func withStream<R>(_ slot: Int, _ body: (ServerStream) -> R) -> R {
        streams.unmanaged(slot)._withUnsafeGuaranteedRef(body)
    }

    func header(
        slot: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> Bool {
        withStream(slot) { header($0, name, value) }
    }

    private func header(
        _ stream: ServerStream, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Bool {
        // Trailers of a request mean nothing in gRPC.
        guard !stream.isHeadDone, stream.finalStatus == nil else { return true }
        switch stream.head.add(name, value, limits: limits) {
        case .accepted:
            return true
        case .path:
            stream.head.found(environment.routes.route(value), at: value)
            return true
        case .malformed:
            stream.finalStatus = Status(.internal, "malformed request")
            session?.reset(streamID: stream.streamID, error: ErrorCode.protocolError)
            return true
        case .tooLarge:
            stream.finalStatus = Status(.resourceExhausted, "header list too large")
            session?.reset(streamID: stream.streamID, error: ErrorCode.enhanceYourCalm)
            return true
        }
    }

    func headersEnded(slot: Int, endsStream: Bool) {
        isHeaderBlockOpen = false
        withStream(slot) { headersEnded($0, endsStream: endsStream) }
    }

    private func headersEnded(_ stream: ServerStream, endsStream: Bool) {
        stream.isRemoteEnded = endsStream
        guard !stream.isHeadDone, stream.finalStatus == nil else { return }
        stream.isHeadDone = true
        countWaiting(on: stream)
        guard stream.head.isComplete else {
            stream.finalStatus = Status(.internal, "malformed request")
            session?.reset(streamID: stream.streamID, error: ErrorCode.protocolError)
            return
        }
        guard stream.head.isPost else {
            noteRefusal(of: stream)
            refuse(stream, Status(.internal, "the method must be POST"), httpStatus: "405")
            return
        }
        switch stream.head.contentType {
        case .grpc:
            start(stream)
        case .missing:
            noteRefusal(of: stream)
            refuse(
                stream, Status(.internal, "invalid gRPC request content-type \"\""),
                httpStatus: "415")
        case .other(let type):
            noteRefusal(of: stream)
            refuse(
                stream, Status(.internal, "invalid gRPC request content-type \"\(type)\""),
                httpStatus: "415")
        }
    }

    /// What is no call of gRPC at all is in the journal too.
    private func noteRefusal(of stream: ServerStream) {
        guard let journal = mailbox.journal else { return }
        _ = journal.refused(
            path: stream.head.path, caller: caller(of: stream),
            Status(.internal, "not a gRPC request"))
        mailbox.noteNews()
    }

    private func start(_ stream: ServerStream) {
        let verdict = gate.admit(
            path: stream.head.path, mark: stream.head.route?.mark ?? 0, caller: caller(of: stream))
        switch verdict {
        case .refused(let refusal):
            turnAway(stream, refusal)
            return
        case .admitted(let finding):
            stream.finding = finding
            stream.findingTime = lastReadTime
        }
        guard let route = stream.head.route else {
            turnAway(stream, environment.routes.refusal(of: stream.head.path))
            return
        }
        guard !stream.head.hasBadTimeout else {
            turnAway(stream, Status(.internal, "malformed grpc-timeout"))
            return
        }
        if let encoding = stream.head.encoding {
            stream.assembler.encoding = encoding
        }
        if let timeout = stream.head.timeout {
            let deadline = NIODeadline.now() + timeout
            stream.deadline = deadline
            scheduleCheck(at: deadline)
        }
        if case .stream(let open) = route.kind {
            let call = StreamCall(
                path: route.path, peer: peer, identification: identification,
                metadata: stream.head.metadata,
                deadline: stream.deadline, mailbox: mailbox, slot: stream.slot, unread: unread,
                unsentBytesMax: limits.streamOutboundBytesMax,
                uncountedBytesMax: limits.uncountedStreamBytesMax)
            call.connection = self
            stream.streamCall = call
            stream.handler = open(call)
            if isDraining { stream.handler?.draining() }
        }
    }

    func dataReceived(slot: Int, bytes: UnsafeRawBufferPointer) {
        withStream(slot) { dataReceived($0, bytes) }
    }

    private func dataReceived(_ stream: ServerStream, _ bytes: UnsafeRawBufferPointer) {
        guard !stream.isAnswered else {
            session?.consume(streamID: stream.streamID, count: bytes.count)
            return
        }
        stream.heldBytes += bytes.count
        var rest = bytes
        do {
            try takeMessages(from: &rest, of: stream)
        } catch {
            spoil(stream, error)
            return
        }
        if !rest.isEmpty { stream.heldInput.writeBytes(rest) }
        openWindow(of: stream)
        countWaiting(on: stream)
    }

    /// Takes what is whole, and leaves what has to wait for a handler that paused.
    private func takeMessages(
        from input: inout UnsafeRawBufferPointer, of stream: ServerStream
    ) throws(Status) {
        while !isWaitingForHandler(stream), stream.finalStatus == nil {
            guard let message = try stream.assembler.next(from: &input) else { return }
            try take(message, of: stream)
            if input.isEmpty { return }
        }
    }

    private func isWaitingForHandler(_ stream: ServerStream) -> Bool {
        guard let call = stream.streamCall else { return false }
        return call.isPaused || stream.heldInput.readableBytes > 0
    }

    private func take(_ message: ByteBuffer, of stream: ServerStream) throws(Status) {
        if stream.streamCall != nil {
            stream.handler?.received(message)
            releaseReservation(of: stream)
        } else if stream.message == nil {
            stream.message = message
        } else {
            throw Status(.internal, "grpc: more than one message in a unary request")
        }
    }

    /// Lets the client send more, unless the handler paused or a large message waits for its turn.
    private func openWindow(of stream: ServerStream) {
        guard stream.heldBytes > 0, !isWaitingForHandler(stream) else { return }
        if let expected = stream.assembler.expectedCount, stream.reservedBytes == 0,
            expected > limits.streamWindowBytes / 2
        {
            guard largeMessages.reserve(slot: stream.slot, bytes: expected) else { return }
            stream.reservedBytes = expected
        }
        withSession { $0.consume(streamID: stream.streamID, count: stream.heldBytes) }
        stream.heldBytes = 0
    }

    func releaseReservation(of stream: ServerStream) {
        let granted = largeMessages.release(slot: stream.slot, bytes: stream.reservedBytes)
        stream.reservedBytes = 0
        for grant in granted {
            let other = streams[grant.slot]
            other.reservedBytes = grant.bytes
            openWindow(of: other)
        }
    }

    func remoteEnded(slot: Int) {
        withStream(slot) { remoteEnded($0) }
    }

    private func remoteEnded(_ stream: ServerStream) {
        stream.isRemoteEnded = true
        guard !stream.isAnswered else { return }
        if stream.streamCall != nil {
            deliverHeld(stream)
        } else if !stream.assembler.isBetweenMessages {
            spoil(stream, Self.cutOffMessage)
        } else if stream.message != nil {
            if unreadAnswerBytes > unreadAnswerBytesMax {
                stream.isWaiting = true
                waitingSlots.append(stream.slot)
            } else {
                runUnary(stream)
            }
        } else {
            spoil(stream, Status(.internal, "grpc: the request has no message"))
        }
    }

    private static let cutOffMessage = Status(
        .internal, "grpc: the request ends in the middle of a message")

    /// Ends a call whose messages cannot be read.
    private func spoil(_ stream: ServerStream, _ status: Status) {
        if stream.streamCall == nil {
            turnAway(stream, status)
        } else {
            var status = status
            if !stream.isAnswered, let journal = mailbox.journal {
                status = journal.refused(
                    path: stream.head.path,
                    caller: caller(of: stream), status)
                mailbox.noteNews()
            }
            fail(stream, status)
        }
    }

    /// Takes up requests that waited for the client to read.
    func runWaiting() {
        guard !waitingSlots.isEmpty, unreadAnswerBytes <= unreadAnswerBytesMax / 2 else { return }
        var next = 0
        while next < waitingSlots.count, unreadAnswerBytes <= unreadAnswerBytesMax {
            let stream = streams[waitingSlots[next]]
            next += 1
            // Its stream may have ended meanwhile.
            guard stream.isWaiting else { continue }
            stream.isWaiting = false
            if !stream.isAnswered { runUnary(stream) }
        }
        waitingSlots.removeFirst(next)
        flushLater()
    }

    private func runUnary(_ stream: ServerStream) {
        guard let message = stream.message.take() else { return }
        releaseReservation(of: stream)
        countWaiting(on: stream)
        run(stream, message)
    }

    /// Runs a unary handler. It comes back with the answer, or answers later.
    private func run(_ stream: ServerStream, _ message: ByteBuffer) {
        guard let route = stream.head.route, case .unary(let handler) = route.kind else { return }
        let call = stream.takeCall(
            route, peer: peer, identification: identification, unread: unread,
            mailbox: mailbox)
        call.deadline = stream.deadline
        swap(&call.metadata, &stream.head.metadata)
        call.connection = self
        // What was found out a read ago may not be true any more.
        let finding = stream.finding.take()
        call.finding = isReading && stream.findingTime == lastReadTime ? finding : nil
        stream.call = call
        switch handler(call, message) {
        case .message(let answer):
            send(hasRoom(for: answer) ? .message(answer) : .failure(.tooMuchUnread), on: stream)
        case .failure(let status):
            send(.failure(status), on: stream)
        case .later:
            break
        }
    }

    /// Hands over what was held back while the handler paused.
    func deliverHeld(_ stream: ServerStream) {
        guard stream.streamCall != nil else { return }
        if stream.heldInput.readableBytes > 0 {
            var held = ByteBuffer()
            swap(&held, &stream.heldInput)
            let rest = held.withUnsafeReadableBytes { bytes in
                Result { () throws(Status) in
                    var rest = bytes
                    try takeMessages(from: &rest, of: stream)
                    return rest.count
                }
            }
            switch rest {
            case .failure(let status): return spoil(stream, status)
            case .success(let count): held.moveReaderIndex(to: held.writerIndex - count)
            }
            if held.readableBytes > 0 { stream.heldInput = held }
            countWaiting(on: stream)
        }
        guard !isWaitingForHandler(stream), stream.finalStatus == nil else { return }
        openWindow(of: stream)
        guard stream.isRemoteEnded, !stream.isHalfCloseDelivered else { return }
        guard stream.assembler.isBetweenMessages else { return spoil(stream, Self.cutOffMessage) }
        stream.isHalfCloseDelivered = true
        stream.handler?.halfClosed()
    }

    func goAwayReceived(lastStreamID: Int32, error: UInt32) {}
}
