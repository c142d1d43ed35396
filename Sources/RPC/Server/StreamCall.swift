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
    /// What the client sent beside the messages.
    public let metadata: Metadata
    /// When the client gives up; the server answers DEADLINE_EXCEEDED then by itself.
    public let deadline: NIODeadline?
    /// The connection's event loop.
    public var eventLoop: any EventLoop { mailbox.eventLoop }

    let mailbox: Mailbox
    let slot: Int
    /// The connection while the call is open. Event loop only.
    var connection: ServerConnection?
    /// Bytes handed to `send` that have not been given to the socket.
    private let unsentBytes = Atomic<Int>(0)
    private let unsentBytesMax: Int
    /// More was sent than should wait; whoever asks `isWritable` may have been told so.
    private let isOverfull = Atomic<Bool>(false)
    private let paused = Atomic<Bool>(false)

    init(
        path: String, peer: PeerCredentials, metadata: Metadata, deadline: NIODeadline?,
        mailbox: Mailbox, slot: Int, unsentBytesMax: Int
    ) {
        self.path = path
        self.peer = peer
        self.metadata = metadata
        self.deadline = deadline
        self.mailbox = mailbox
        self.slot = slot
        self.unsentBytesMax = unsentBytesMax
    }

    /// Sends a message. Check `isWritable` before: messages are queued without bound.
    public func send(_ message: ByteBuffer) {
        // With the five bytes of the message's prefix.
        // With the five bytes of the message's prefix.
        let count = message.readableBytes + 5
        let unsent = unsentBytes.add(count, ordering: .sequentiallyConsistent).newValue
        if unsent >= unsentBytesMax { isOverfull.store(true, ordering: .sequentiallyConsistent) }
        mailbox.post(.send(self, message))
    }

    /// Whether little enough is waiting to be sent. `StreamHandler.writable` says when it is again.
    public var isWritable: Bool {
        unsentRoom > 0
    }

    /// Bytes that may still be sent before `isWritable` is false; negative when more was sent.
    public var unsentRoom: Int {
        unsentBytesMax - unsentBytes.load(ordering: .sequentiallyConsistent)
    }

    /// Ends the call once everything sent before is out.
    public func finish(_ status: Status) {
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

    /// Event loop: `count` bytes have been given to the socket. True when the call is writable now
    /// and was not before.
    func sent(_ count: Int) -> Bool {
        unsentBytes.subtract(count, ordering: .sequentiallyConsistent)
        return isWritable && isOverfull.exchange(false, ordering: .sequentiallyConsistent)
    }
}
