import Glibc
import NIOCore
import Synchronization

/// A thread that accepts the connections of one listening socket.
///
/// It is our own and not NIO's server channel because of what must be done before a connection
/// costs anything: read who it is, count it, refuse it; and because a process out of descriptors
/// must neither spin nor leave the queue jammed.
final class Acceptor: Sendable {
    private let listener: ListeningSocket
    private let registry: ConnectionRegistry
    private let limits: ServerLimits
    private let log: @Sendable (ServerEvent) -> Void
    private let gate: any Gatekeeper
    private let adopt: Adoption

    typealias Adoption =
        @Sendable (
            _ descriptor: Int32, _ ticket: ConnectionTicket, any PeerIdentification
        ) -> Void
    /// The reading end of a pipe; the thread ends when the writing end is closed.
    private let stopSignal: Int32
    private let stopper: Mutex<Int32?>
    private let ended = Ended()

    private final class Ended: Sendable {
        private struct State {
            var isStarted = false
            var isEnded = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }
        private let state = Mutex(State())

        func begin() {
            state.withLock { $0.isStarted = true }
        }

        func signal() {
            let waiting = state.withLock { state in
                state.isEnded = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isEnded = state.withLock { state in
                    let isEnded = state.isEnded || !state.isStarted
                    if !isEnded { state.waiting.append(continuation) }
                    return isEnded
                }
                if isEnded { continuation.resume() }
            }
        }
    }

    /// How long to wait when no descriptor can be had at all, in milliseconds.
    private static let pauseMilliseconds: Int32 = 100
    /// Refusals reported a second; ten thousand attempts are no reason for as many log lines.
    private static let refusalsLoggedPerSecond = 10

    init(
        listener: ListeningSocket, registry: ConnectionRegistry, limits: ServerLimits,
        gate: any Gatekeeper, log: @escaping @Sendable (ServerEvent) -> Void,
        adopt: @escaping Adoption
    ) throws(ListenError) {
        self.listener = listener
        self.registry = registry
        self.limits = limits
        self.gate = gate
        self.log = log
        self.adopt = adopt
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(errno: errno, operation: "pipe") }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        stopSignal = ends[0]
        stopper = Mutex(ends[1])
    }

    deinit {
        closeStopper()
        close(stopSignal)
    }

    private func closeStopper() {
        stopper.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    func start() {
        ended.begin()
        SystemThread.start {
            self.run()
            self.listener.removePath()
            self.listener.close()
            self.ended.signal()
        }
    }

    /// Ends the thread; returns when the socket is closed and its path removed.
    func stop() async {
        closeStopper()
        await ended.wait()
    }

    private func run() {
        var reserve = Self.openReserve()
        defer { if reserve >= 0 { close(reserve) } }
        var logged = RateLimit(perSecondMax: Self.refusalsLoggedPerSecond, now: .now())
        while waitForConnection() {
            let descriptor = acceptOne()
            if descriptor >= 0 {
                admit(descriptor, &logged)
                continue
            }
            switch errno {
            case EAGAIN, EINTR, ECONNABORTED:
                break
            case EMFILE, ENFILE:
                if logged.allows(now: .now()) { log(.acceptFailed(errno: errno)) }
                refuseWithReserve(&reserve)
            default:
                if logged.allows(now: .now()) { log(.acceptFailed(errno: errno)) }
                pause()
            }
        }
    }

    /// False when the thread shall end.
    private func waitForConnection() -> Bool {
        var descriptors = [
            pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopSignal, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, -1)
        return descriptors[1].revents == 0
    }

    private func acceptOne() -> Int32 {
        let descriptor = accept(listener.descriptor, nil, nil)
        if descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        return descriptor
    }

    private func admit(_ descriptor: Int32, _ logged: inout RateLimit) {
        guard let peer = PeerCredentials(descriptor: descriptor) else {
            close(descriptor)
            log(.peerUnknown)
            return
        }
        switch registry.admit(peer, limits: limits, isKept: gate.keepsPlace(for: peer)) {
        case .admitted(let ticket):
            guard let peer = gate.identify(socket: descriptor, credentials: peer) else {
                ticket.release()
                close(descriptor)
                log(.peerUnknown)
                return
            }
            adopt(descriptor, ticket, peer)
        case .refused(let reason):
            close(descriptor)
            if logged.allows(now: .now()) {
                log(.connectionRefused(peer, reason: reason))
            }
        }
    }

    /// Out of descriptors, nothing can be accepted, and what waits in the queue would make `poll`
    /// return at once for ever. One descriptor kept for this moment lets the client be told by a
    /// close.
    private func refuseWithReserve(_ reserve: inout Int32) {
        if reserve >= 0 {
            close(reserve)
            let descriptor = acceptOne()
            if descriptor >= 0 { close(descriptor) }
        } else {
            pause()
        }
        reserve = Self.openReserve()
    }

    private func pause() {
        var descriptor = pollfd(fd: stopSignal, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, Self.pauseMilliseconds)
    }

    private static func openReserve() -> Int32 {
        open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}
