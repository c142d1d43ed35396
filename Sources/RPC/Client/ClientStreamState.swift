import NIOCore

/// One stream of a client connection; serves the next call when it closes.
final class ClientStreamState {
    let slot: Int
    var streamID: Int32 = 0
    var isLive = false
    var call: ClientCall?
    var assembler: MessageAssembler
    var head = ResponseHead()
    var outbound = OutboundQueue()
    var isSendingFinished = false
    /// Bytes received that the server may not send again yet.
    var heldBytes = 0
    var failure: Status?

    init(slot: Int, limits: ClientLimits) {
        self.slot = slot
        self.assembler = MessageAssembler(
            messageBytesMax: limits.messageBytesMax, reservesRoom: true)
    }

    func open(_ call: ClientCall) {
        isLive = true
        self.call = call
        isSendingFinished = false
        heldBytes = 0
        failure = nil
    }

    func clear() {
        isLive = false
        call = nil
        assembler.reset()
        head = ResponseHead()
        outbound.removeAll()
    }
}
