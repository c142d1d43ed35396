import RPC
import Synchronization

/// Reads that are too long for an event loop. They take turns on one thread of low priority, a few
/// slices at a time, so that a large one does not hold up the next.
///
/// A user may have as many as there are places left, and is not given the last turn while somebody
/// else may come. Who has the fewest under way is next.
final class LongReads: Sendable {
    /// Does a part of the work; returns true when it is done.
    typealias Turn = @Sendable () -> Bool

    private struct Read {
        var user: UInt32
        var turn: Turn
    }

    private struct State {
        var waiting: [Read] = []
        var active = 0
        /// Waiting or under way, and those under way.
        var countOfUser: [UInt32: Int] = [:]
        var activeOfUser: [UInt32: Int] = [:]
        /// Nothing more is taken.
        var isEnding = false
        var whenIdle: CheckedContinuation<Void, Never>?

        var isIdle: Bool { countOfUser.isEmpty }

        /// To be resumed: nothing waits or is under way any more.
        mutating func takeWhenIdle() -> CheckedContinuation<Void, Never>? {
            guard isIdle else { return nil }
            defer { whenIdle = nil }
            return whenIdle
        }
    }

    private let state = Mutex(State())
    // A turn queues the next one before it ends itself, so there are up to two jobs a read.
    private let thread = WorkerThread(
        jobsMax: 2 * Limits.scansActiveMax, nice: Limits.backgroundNice)

    /// Queues what answers `call`.
    func answer(_ call: UnaryCall, _ turn: @escaping Turn) -> UnaryAnswer {
        guard call.hasRoom else { return .failure(.tooMuchUnread) }
        let isAccepted = submit(user: call.peer.userID, turn)
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }

    /// Queues a read for `user`; false when they, or everybody together, have too
    /// many, or the thread is ending.
    func submit(user: UInt32, _ turn: @escaping Turn) -> Bool {
        let read = Read(user: user, turn: turn)
        let decision = state.withLock { state -> (isAccepted: Bool, next: Read?) in
            guard !state.isEnding else { return (false, nil) }
            let free = Limits.scansMax - state.active - state.waiting.count
            guard state.countOfUser[user, default: 0] < free else { return (false, nil) }
            state.countOfUser[user, default: 0] += 1
            state.waiting.append(read)
            return (true, Self.takeNext(&state))
        }
        if let next = decision.next { run(next) }
        return decision.isAccepted
    }

    /// The oldest read of the user with the fewest under way, now counted as under way.
    private static func takeNext(_ state: inout State) -> Read? {
        guard state.active < Limits.scansActiveMax else { return nil }
        var best: (place: Int, active: Int)?
        for (place, read) in state.waiting.enumerated() {
            let active = state.activeOfUser[read.user, default: 0]
            if active < best?.active ?? Limits.scansActivePerUserMax { best = (place, active) }
        }
        guard let best else { return nil }
        let read = state.waiting.remove(at: best.place)
        state.active += 1
        state.activeOfUser[read.user] = best.active + 1
        return read
    }

    private func run(_ read: Read) {
        let accepted = thread.submit {
            if read.turn() {
                if let next = self.finish(read) { self.run(next) }
            } else {
                self.run(read)
            }
        }
        precondition(accepted, "no more reads are active than the thread takes")
    }

    private func finish(_ read: Read) -> Read? {
        let (next, whenIdle) = state.withLock { state in
            state.active -= 1
            Self.lower(&state.countOfUser, read.user)
            Self.lower(&state.activeOfUser, read.user)
            return (Self.takeNext(&state), state.takeWhenIdle())
        }
        whenIdle?.resume()
        return next
    }

    private static func lower(_ counts: inout [UInt32: Int], _ user: UInt32) {
        let left = counts[user, default: 1] - 1
        counts[user] = left == 0 ? nil : left
    }

    /// Nothing waits or is under way.
    var isIdle: Bool { state.withLock { $0.isIdle } }

    /// Lets the reads finish and ends the thread, which must have nothing left then: it would run
    /// what it is handed at once, inside of what hands it over.
    func shutdown() async {
        await withCheckedContinuation { continuation in
            let whenIdle = state.withLock { state in
                state.isEnding = true
                state.whenIdle = continuation
                return state.takeWhenIdle()
            }
            whenIdle?.resume()
        }
        await thread.shutdown()
    }
}
