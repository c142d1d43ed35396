import NIOCore

/// One client of the server: reads requests, runs their handlers on this event loop and sends
/// their answers. Everything here happens on the connection's event loop.
final class ServerConnection: Connection {
    let environment: ServerEnvironment
    let peer: PeerCredentials
    let identification: any PeerIdentification
    let gate: any Gatekeeper
    private let ticket: ConnectionTicket
    let mailbox: Mailbox
    var streams = SlotTable<ServerStream>()
    var largeMessages: LargeMessageBudget
    /// Unary answers that wait to be written down, in order.
    var heldAnswers: [HeldAnswer] = []
    /// Has something to flush; used by `Mailbox`.
    var isTouched = false
    /// Is flushed at the end of the event loop's turn; used by `Mailbox`.
    var isDue = false

    private var preface = Preface()
    /// Reads the request of a client that speaks HTTP/1.1; nil for HTTP/2.
    var plain: PlainRequestReader?
    var abuse: AbuseDetector
    private var abuseReason: String?
    private(set) var isDraining = false
    private var hasSentLastGoAway = false

    // Times.
    private let acceptTime = NIODeadline.now()
    private var hasHandshake = false
    /// A header block has begun and not ended.
    var isHeaderBlockOpen = false
    /// When a header block was first left unfinished at the end of a read.
    private var headerBlockStart: NIODeadline?
    private var pingTime: NIODeadline?
    private var nextCheck: NIODeadline?
    private var check: Scheduled<Void>?

    /// Bytes of unary answers that wait to be sent.
    var unreadAnswerBytes = 0
    /// How much of that the user's other connections know of.
    private var countedUnreadBytes = 0
    /// Streams that have nothing unsent and wait until their user has room.
    private var slotsWithoutRoom: [Int] = []
    /// Sum of the streams', and how much of it the user's other connections know of.
    private var waitingBytes = 0
    private var countedWaitingBytes = 0
    /// Streams whose unary requests wait until some of those are gone, in order.
    var waitingSlots: [Int] = []

    /// Streams whose handlers are told after the flush that they may send again.
    var writableSlots: [Int] = []

    init(
        environment: ServerEnvironment, ticket: ConnectionTicket,
        identification: any PeerIdentification
    ) {
        self.environment = environment
        self.identification = identification
        self.ticket = ticket
        self.peer = ticket.peer
        gate = environment.gate
        mailbox = environment.mailbox
        self.largeMessages = LargeMessageBudget(
            bytesMax: environment.limits.largeRequestBytesMax)
        self.abuse = AbuseDetector(limits: environment.limits, now: .now())
    }

    var limits: ServerLimits { environment.limits }

    override func makeSession() throws(Session.Failure) -> Session {
        scheduleCheck(at: acceptTime + limits.handshakeTimeout)
        return try Session(
            settings: SessionSettings(
                isServer: true, streamsMax: limits.streamsPerConnectionMax,
                streamWindowBytes: limits.streamWindowBytes,
                connectionWindowBytes: limits.connectionWindowBytes,
                headerBytesMax: limits.headerBytesMax,
                continuationsMax: limits.continuationsMax),
            delegate: self)
    }

    /// A client that does not read its answers is not read from either: what it costs stays
    /// bounded.
    override var pausesReadingWhenUnwritable: Bool { true }

    /// Who does not speak HTTP/2 gets an answer without HTTP/2 frames in front of it.
    override var mayFlush: Bool { preface.isComplete }

    override func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if plain == nil {
            let matched = preface.matched
            switch preface.check(bytes) {
            case .matches: return true
            case .differs:
                plain = PlainRequestReader(bytesMax: limits.plainRequestBytesMax)
                // "P" may begin both.
                if !matched.isEmpty { matched.withUnsafeBytes { readPlain($0) } }
            }
        }
        readPlain(bytes)
        return false
    }

    override func readCompleted() {
        if let abuseReason {
            disconnect(.connectionAbused(peer, reason: abuseReason))
            return
        }
        if !isHeaderBlockOpen {
            headerBlockStart = nil
        } else if headerBlockStart == nil {
            headerBlockStart = lastReadTime
            scheduleCheck(at: lastReadTime + limits.headerTimeout)
        }
        guard reportWaitingBytes() <= limits.waitingBytesPerUserMax else {
            disconnect(.connectionAbused(peer, reason: "too much waits for this user"))
            return
        }
        // What handlers asked for on this very thread leaves with the same write.
        mailbox.drain()
    }

    override func flushAfterRead() {
        if mailbox.isHolding {
            mailbox.flushAtEndOfTurn(self)
        } else {
            flush()
        }
    }

    override func willFlush() {
        mailbox.commitJournal()
    }

    override func flushCompleted() {
        reportUnread()
        while let slot = writableSlots.popLast() {
            let stream = streams[slot]
            if stream.finalStatus == nil { stream.handler?.writable() }
        }
        runWaiting()
        finishDraining()
    }

    override func sessionFailed(_ failure: Session.Failure) {
        disconnect(.connectionAbused(peer, reason: failure.description))
    }

    override func connectionClosed(_ error: (any Error)?) {
        check?.cancel()
        for stream in streams.all where stream.isLive {
            end(stream)
        }
        mailbox.commitJournal()
        _ = reportWaitingBytes(granularity: 0)
        ticket.unread.add(-countedUnreadBytes)
        countedUnreadBytes = 0
        ticket.release()
    }

    private func disconnect(_ event: ServerEvent) {
        environment.log(event)
        guard plain == nil else { return close() }
        session?.terminate(error: ErrorCode.enhanceYourCalm)
        flushAndClose()
    }

    // MARK: Frames

    func frameBegan(_ frame: FrameHeader) {
        hasHandshake = true
        if abuseReason == nil, let reason = abuse.reason(against: frame, now: .now()) {
            abuseReason = reason
        }
    }

    // MARK: What waits

    /// Counts what waits on a stream now, in place of what was counted before.
    func countWaiting(on stream: ServerStream) {
        var count = 0
        if stream.isLive {
            count = stream.streamCall == nil ? Self.streamBytes : Self.streamCallBytes
            count += stream.head.byteCount
            count += stream.assembler.receivedCount + stream.heldInput.readableBytes
            count += stream.message?.readableBytes ?? 0
        }
        waitingBytes += count - stream.waitingBytes
        stream.waitingBytes = count
    }

    /// About what the server keeps of a stream of which nothing has come but its head.
    private static let streamBytes = 1024
    /// The same of a stream with a handler, and what is not counted of its answers.
    private static let streamCallBytes = 8 * 1024

    /// Tells the user's other connections, and returns what all of them have. Small changes are
    /// told later, so that event loops do not meet at one number with every request.
    private func reportWaitingBytes(granularity: Int = 16 * 1024) -> Int {
        guard abs(waitingBytes - countedWaitingBytes) > granularity else { return 0 }
        let change = waitingBytes - countedWaitingBytes
        countedWaitingBytes = waitingBytes
        let all = ticket.waitingBytes.add(change)
        return change > 0 ? all : 0
    }

    // MARK: What is not read

    var unread: UnreadAnswers { ticket.unread }

    /// Counts bytes of a unary answer.
    func noteUnread(_ count: Int) {
        unreadAnswerBytes += count
        if unreadAnswerBytes - countedUnreadBytes > limits.uncountedBytesMax { reportUnread() }
    }

    /// Tells the user's other connections what this one's client has not read. Small changes are
    /// not told: most connections never have more.
    private func reportUnread() {
        guard !isClosing else { return }
        var count = unreadAnswerBytes
        // A socket that takes nothing more leaves what was made for it in the last turn.
        if let context, !context.channel.isWritable { count += Self.turnBytesMax }
        let change = count - countedUnreadBytes
        guard abs(change) > limits.uncountedBytesMax || (count == 0 && change != 0) else { return }
        countedUnreadBytes = count
        unread.add(change)
    }

    /// Above this, further unary requests wait until some answers are read.
    var unreadAnswerBytesMax: Int {
        countedUnreadBytes == 0 || unread.hasRoom
            ? limits.unreadAnswerBytesMax
            : min(limits.unreadAnswerBytesMax, limits.uncountedBytesMax)
    }

    /// Whether there is room for an answer of a handler that has changed nothing.
    func hasRoom(for answer: ByteBuffer) -> Bool {
        answer.readableBytes <= limits.uncountedBytesMax || unread.hasRoom
    }

    func lookForRoomLater(for call: StreamCall) {
        slotsWithoutRoom.append(call.slot)
        scheduleCheck(at: .now() + limits.roomCheckInterval)
    }

    private func lookForRoom() {
        guard !slotsWithoutRoom.isEmpty else { return }
        var slots: [Int] = []
        swap(&slots, &slotsWithoutRoom)
        for slot in slots {
            let stream = streams[slot]
            // It may be another's by now, which is asked for nothing that it could not answer.
            guard let call = stream.streamCall, stream.finalStatus == nil else { continue }
            guard call.findsRoom() else {
                slotsWithoutRoom.append(slot)
                continue
            }
            stream.handler?.writable()
        }
        if !slotsWithoutRoom.isEmpty { scheduleCheck(at: .now() + limits.roomCheckInterval) }
    }

    // MARK: Times

    func scheduleCheck(at time: NIODeadline) {
        if let nextCheck, nextCheck <= time { return }
        nextCheck = time
        check?.cancel()
        let connection = NIOLoopBound(self, eventLoop: mailbox.eventLoop)
        check = mailbox.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            connection.value.checkTimes()
        }
    }

    /// One timer serves every deadline of the connection: it fires at the earliest, looks at all
    /// of them and sets itself again.
    private func checkTimes() {
        let now = NIODeadline.now()
        nextCheck = nil
        guard !isClosing else { return }
        if !hasHandshake, now >= acceptTime + limits.handshakeTimeout {
            disconnect(.connectionTimedOut(peer, reason: "no HTTP/2 preface"))
            return
        }
        if let headerBlockStart {
            guard now < headerBlockStart + limits.headerTimeout else {
                disconnect(.connectionTimedOut(peer, reason: "unfinished header block"))
                return
            }
            scheduleCheck(at: headerBlockStart + limits.headerTimeout)
        }
        for stream in streams.all where stream.isLive && !stream.isAnswered {
            guard let deadline = stream.deadline else { continue }
            if deadline <= now {
                expire(stream)
            } else {
                scheduleCheck(at: deadline)
            }
        }
        lookForRoom()
        checkKeepalive(now)
        flush()
    }

    private func checkKeepalive(_ now: NIODeadline) {
        if let pingTime, lastReadTime <= pingTime {
            guard now < pingTime + limits.keepaliveTimeout else {
                disconnect(.connectionTimedOut(peer, reason: "no answer to a keepalive ping"))
                return
            }
            scheduleCheck(at: pingTime + limits.keepaliveTimeout)
            return
        }
        pingTime = nil
        if now - lastReadTime >= limits.keepaliveInterval {
            session?.ping()
            pingTime = now
            scheduleCheck(at: now + limits.keepaliveTimeout)
        } else {
            scheduleCheck(at: lastReadTime + limits.keepaliveInterval)
        }
    }

    // MARK: Draining

    override func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ServerSignal.drain:
            guard !isDraining else { return }
            isDraining = true
            guard preface.isComplete else {
                close()
                return
            }
            session?.announceShutdown()
            for stream in streams.all where stream.isLive { stream.handler?.draining() }
            flush()
            // The answer comes after every request that the client sent before it knew. Not in
            // one flush: nghttp2 would send the PING first.
            session?.ping()
            flush()
        case ServerSignal.close:
            session?.terminate(error: ErrorCode.none)
            flushAndClose()
            // Also who has yet to take an answer over HTTP/1.1.
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func pingAnswered() {
        if isDraining, !hasSentLastGoAway {
            hasSentLastGoAway = true
            session?.goAway()
        }
    }

    private func finishDraining() {
        if hasSentLastGoAway, streams.liveCount == 0 {
            flushAndClose()
        }
    }
}
