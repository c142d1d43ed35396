public import NIOCore
import Synchronization

/// One call with one request and one response.
///
/// `finish` may be called from any thread, once, after the handler returned `.later`. Answers
/// from other threads are gathered for each event loop, so that a batch of a hundred costs one
/// wake-up and one socket write per connection.
///
/// SAFETY (@unchecked Sendable): the plain properties are written on the event loop, before the
/// handler sees the call or when no reference but the connection's is left; `connection` is
/// read and written on the event loop only. What other threads change is in a `Mutex`.
public final class UnaryCall: @unchecked Sendable {
    private struct Cancellation {
        var isCancelled = false
        var isFinished = false
        var body: (@Sendable () -> Void)?
    }

    /// The method, as "/package.Service/Method".
    public var path: String { route.path }
    /// Who calls.
    public let peer: PeerCredentials
    /// What the gatekeeper found out about the connection.
    public let identification: any PeerIdentification
    /// For the journal: what the handler says of the call. Event loop only. The object stays when
    /// the call does, for the next one; who fills it in empties it first.
    public var note: (any CallNote)?
    /// What the gatekeeper found out about the caller when the call's headers were there; nil when
    /// its message came later, and who wants to know has to find out again. Event loop only.
    public internal(set) var finding: AnyObject?
    /// What the client sent beside the message.
    public internal(set) var metadata = Metadata()
    /// When the client gives up; the server answers DEADLINE_EXCEEDED then by itself.
    public internal(set) var deadline: NIODeadline?
    /// The connection's event loop.
    public var eventLoop: any EventLoop { mailbox.eventLoop }

    private(set) var route: Route
    let mailbox: Mailbox
    let slot: Int
    /// The connection while the call is open. Event loop only.
    var connection: ServerConnection?
    private let cancellation = Mutex(Cancellation())
    private let unread: UnreadAnswers
    /// Bytes that are counted there until the connection counts the answer.
    private let claimedBytes = Atomic<Int>(0)

    init(
        _ route: Route, peer: PeerCredentials, identification: any PeerIdentification,
        unread: UnreadAnswers,
        mailbox: Mailbox, slot: Int
    ) {
        self.route = route
        self.peer = peer
        self.identification = identification
        self.unread = unread
        self.mailbox = mailbox
        self.slot = slot
    }

    /// Who calls, with what came with the call.
    public var caller: Caller {
        Caller(peer: peer, identification: identification, metadata: metadata)
    }

    deinit { releaseClaim() }

    /// Counts bytes of an answer that is being put together, until the call is finished. False when
    /// the user has no room: what waits to be read by a user is bounded.
    public func claim(bytes: Int) -> Bool {
        guard unread.claim(bytes) else { return false }
        claimedBytes.wrappingAdd(bytes, ordering: .relaxed)
        return true
    }

    /// Whether the user may be answered with much: what waits to be read by them is bounded.
    public var hasRoom: Bool { unread.hasRoom }

    /// Answers with `message`.
    public func finish(_ message: ByteBuffer) {
        post(.message(message))
    }

    /// Answers with one message that comes in pieces; each is released once it is sent.
    public func finish(chunks: [ByteBuffer]) {
        post(.chunks(chunks))
    }

    /// Answers with a failure.
    public func finish(_ failure: Status) {
        post(.failure(failure))
    }

    /// Whether nobody waits for the answer any more; finishing is then without effect.
    public var isCancelled: Bool {
        cancellation.withLock { $0.isCancelled }
    }

    /// Calls `body` once when the client gives up, the connection is lost or the deadline passes
    /// before the call is finished; at once when that has happened. A later `body` replaces an
    /// earlier one.
    public func onCancel(_ body: @escaping @Sendable () -> Void) {
        let isLate = cancellation.withLock { state in
            if !state.isCancelled, !state.isFinished { state.body = body }
            return state.isCancelled
        }
        if isLate { body() }
    }

    /// Event loop: the call ended without its answer being sent.
    func cancel() {
        let body = cancellation.withLock { state in
            let body = state.body
            state.body = nil
            state.isCancelled = !state.isFinished
            return state.isFinished ? nil : body
        }
        body?()
    }

    /// Event loop: a call whose handler answered at once serves the next stream.
    func reset(for route: Route) {
        if self.route !== route { self.route = route }
        metadata.removeAll()
        cancellation.withLock { $0 = Cancellation() }
    }

    private func post(_ result: UnaryResult) {
        let isFirst = cancellation.withLock { state in
            defer {
                state.isFinished = true
                state.body = nil
            }
            return !state.isFinished && !state.isCancelled
        }
        guard isFirst else { return releaseClaim() }
        let uncounted = result.byteCount - claimedBytes.load(ordering: .relaxed)
        if uncounted > Self.uncountedBytesMax {
            unread.add(uncounted)
            claimedBytes.wrappingAdd(uncounted, ordering: .relaxed)
        }
        mailbox.post(.answer(self, result))
    }

    /// What may be on its way to the event loop without being counted.
    private static let uncountedBytesMax = 4 * 1024

    /// The connection has counted the answer, or there is none.
    func releaseClaim() {
        guard claimedBytes.load(ordering: .relaxed) > 0 else { return }
        unread.add(-claimedBytes.exchange(0, ordering: .relaxed))
    }
}
