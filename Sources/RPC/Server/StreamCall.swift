public import NIOCore
import Synchronization

/// One streaming call, seen from the server. Every method may be called from any thread; what is
/// asked takes effect on the event loop, in the order in which it was asked.
///
/// SAFETY (@unchecked Sendable): `connection` is read and written on the event loop only;
/// everything else is immutable or atomic.
public final class StreamCall: @unchecked Sendable {
    /// The method, as "/package.Service/Method".
    public let path: String
    /// Who calls.
    public let peer: PeerCredentials
    /// What the gatekeeper found out about the connection.
    public let identification: any PeerIdentification
    /// What the client sent beside the messages.
    public let metadata: Metadata
    /// When the client gives up; the server answers DEADLINE_EXCEEDED then by itself.
    public let deadline: NIODeadline?
    /// The connection's event loop.
    public var eventLoop: any EventLoop { mailbox.eventLoop }

    /// Who calls, with what came with the call.
    public var caller: Caller {
        Caller(peer: peer, identification: identification, metadata: metadata)
    }
    /// The journal of the call's event loop; to be used there only. What is sent on a stream is
    /// not held back: commit before acting.
    public var journal: (any CallJournal)? { mailbox.journal }

    let mailbox: Mailbox
    let slot: Int
    /// The connection while the call is open. Event loop only.
    var connection: ServerConnection?
    private let outbox: Mutex<StreamOutbox>
    /// What the outbox counts, for those who only ask.
    private let unsentBytes = Atomic<Int>(0)
    private let unsentBytesMax: Int
    private let paused = Atomic<Bool>(false)
    private let unread: UnreadAnswers
    private let looksForRoom = Atomic<Bool>(false)

    init(
        path: String, peer: PeerCredentials, identification: any PeerIdentification,
        metadata: Metadata, deadline: NIODeadline?, mailbox: Mailbox, slot: Int,
        unread: UnreadAnswers, unsentBytesMax: Int, uncountedBytesMax: Int
    ) {
        self.path = path
        self.peer = peer
        self.identification = identification
        self.metadata = metadata
        self.deadline = deadline
        self.mailbox = mailbox
        self.slot = slot
        self.unsentBytesMax = unsentBytesMax
        self.unread = unread
        outbox = Mutex(
            StreamOutbox(unsentBytesMax: unsentBytesMax, uncountedBytesMax: uncountedBytesMax))
    }

    deinit { unread.add(-outbox.withLock { $0.countedBytes }) }

    /// Sends a message. Check `isWritable` before: messages are queued without bound.
    public func send(_ message: ByteBuffer) {
        send { $0.append(message) }
    }

    /// Sends a message of `count` bytes, which `write` fills in. Many small messages cost the least
    /// this way: they are written where they are sent from. With `more` the event loop need not
    /// hear of it before the next message or `flush`.
    public func send(
        count: Int, more: Bool = false, _ write: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        if count <= StreamOutbox.sharedBytesMax {
            send { $0.append(count: count, more: more, write) }
        } else {
            var message = ByteBufferAllocator().buffer(capacity: count)
            // SAFETY: the buffer was made with `count` bytes, and `write` gets just those.
            message.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                write(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
                return count
            }
            send(message)
        }
    }

    private func send(_ append: (inout StreamOutbox) -> Bool) {
        let (isNews, change) = outbox.withLock { outbox in
            let isNews = append(&outbox)
            unsentBytes.store(outbox.unsentBytes, ordering: .relaxed)
            return (isNews, outbox.takeChange())
        }
        if change != 0 { unread.add(change) }
        if isNews { mailbox.post(.send(self)) }
    }

    /// Sends what was held for `more`.
    public func flush() {
        if outbox.withLock({ $0.announce() }) { mailbox.post(.send(self)) }
    }

    /// Whether little enough is waiting to be sent. `StreamHandler.writable` says when it is again.
    public var isWritable: Bool { unsentRoom > 0 }

    /// Bytes that may be sent before the stream is not writable; less than none when more was.
    public var unsentRoom: Int {
        let room = unsentBytesMax - unsentBytes.load(ordering: .relaxed)
        guard room > 0, !unread.hasRoom else { return room }
        if let room = outbox.withLock({ $0.roomWithout(isExhausted: unread.isExhausted) }) {
            return room
        }
        if !looksForRoom.exchange(true, ordering: .relaxed) { mailbox.post(.lacksRoom(self)) }
        return 0
    }

    /// Event loop: whether the user has room again, so that the handler is to be told.
    func findsRoom() -> Bool {
        if unread.isExhausted { return false }
        looksForRoom.store(false, ordering: .relaxed)
        return true
    }

    /// Ends the call once everything sent before is out.
    public func finish(_ status: Status) {
        flush()
        mailbox.post(.finish(self, status))
    }

    /// Holds messages back, and soon the client, until `resumeReading`.
    public func pauseReading() {
        paused.store(true, ordering: .releasing)
    }

    /// Takes messages again.
    public func resumeReading() {
        paused.store(false, ordering: .releasing)
        mailbox.post(.resumeReading(self))
    }

    var isPaused: Bool { paused.load(ordering: .acquiring) }

    /// Event loop: everything that was sent since the last time.
    func takeSent() -> [ByteBuffer] {
        outbox.withLock { $0.take() }
    }

    /// Event loop: `count` bytes have been given to the socket. Returns whether the stream is
    /// writable again after it was not.
    func sent(_ count: Int) -> Bool {
        let (isWritableAgain, change) = outbox.withLock { outbox in
            let isWritableAgain = outbox.sent(count)
            unsentBytes.store(outbox.unsentBytes, ordering: .relaxed)
            return (isWritableAgain, outbox.takeChange())
        }
        if change != 0 { unread.add(change) }
        return isWritableAgain
    }
}
