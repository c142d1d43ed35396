import NIOCore

/// One stream of a server connection. The object outlives the stream and serves the next one that
/// gets its slot, so that a unary call costs no allocation.
final class ServerStream {
    let slot: Int
    var streamID: Int32 = 0
    var isLive = false

    // What arrives.
    var head = RequestHead()
    var isHeadDone = false
    var assembler: MessageAssembler
    /// The message of a unary request, until the client ends its side.
    var message: ByteBuffer?
    /// What came while the handler paused, as it came: a message is made of it when it is taken.
    /// Made earlier, each message of a few bytes would cost hundreds.
    var heldInput = ByteBuffer()
    /// Bytes of it that count for `ServerLimits.waitingBytesPerUserMax`.
    var waitingBytes = 0
    /// Bytes received that the client may not send again yet.
    var heldBytes = 0
    /// Bytes reserved for a large message, see `LargeMessageBudget`.
    var reservedBytes = 0
    var isRemoteEnded = false
    var isHalfCloseDelivered = false

    // What answers.
    var deadline: NIODeadline?
    /// What the gatekeeper found out about the caller, and in which read from the socket.
    var finding: AnyObject?
    var findingTime: NIODeadline?
    var call: UnaryCall?
    /// The call object of an earlier request, for reuse.
    var spareCall: UnaryCall?
    var streamCall: StreamCall?
    var handler: (any StreamHandler)?

    // What leaves.
    var outbound = OutboundQueue()
    /// Bytes that nghttp2 was offered and has not fetched yet: these may not be forgotten.
    var offeredBytes = 0
    var hasSentHead = false
    /// Set once: how the call ended.
    var finalStatus: Status?
    /// Its answer waits to be written down; nothing more is done for it.
    var isHeld = false
    /// How the call failed whose answer waits; nil when it did not.
    var heldFailure: Status?
    /// Nothing that arrives changes how it ends.
    var isAnswered: Bool { isHeld || finalStatus != nil }
    /// Its unary request waits for the client to read other answers.
    var isWaiting = false

    init(slot: Int, limits: ServerLimits) {
        self.slot = slot
        self.assembler = MessageAssembler(messageBytesMax: limits.messageBytesMax)
    }

    func open(streamID: Int32) {
        self.streamID = streamID
        isLive = true
        isHeadDone = false
        isRemoteEnded = false
        isHalfCloseDelivered = false
        heldBytes = 0
        reservedBytes = 0
        deadline = nil
        offeredBytes = 0
        hasSentHead = false
        isHeld = false
        if heldFailure != nil { heldFailure = nil }
        finalStatus = nil
    }

    /// Lets go of everything that the call held.
    func clear() {
        isLive = false
        isWaiting = false
        head.reset()
        assembler.reset()
        if message != nil { message = nil }
        if finding != nil { finding = nil }
        if heldInput.capacity > 0 { heldInput = ByteBuffer() }
        if handler != nil { handler = nil }
        if streamCall != nil {
            streamCall?.connection = nil
            streamCall = nil
        }
        if call != nil {
            spareCall = call.take()
            spareCall?.connection = nil
        }
        outbound.removeAll()
    }

    /// A call object for this request: the last one, when nobody else kept it.
    func takeCall(
        _ route: Route, peer: PeerCredentials, identification: any PeerIdentification,
        unread: UnreadAnswers,
        mailbox: Mailbox
    ) -> UnaryCall {
        if spareCall != nil, isKnownUniquelyReferenced(&spareCall), let call = spareCall.take() {
            call.reset(for: route)
            return call
        }
        return UnaryCall(
            route, peer: peer, identification: identification, unread: unread, mailbox: mailbox,
            slot: slot)
    }
}
