import Synchronization
import VaultStore

/// Reads that are too long for an event loop. They take turns on one thread of low priority, a few
/// slices at a time, so that a large one does not hold up the next.
final class LongReads: Sendable {
    /// Does a part of the work; returns true when it is done.
    typealias Turn = @Sendable () -> Bool

    private struct Read {
        var process: Int32
        var turn: Turn
    }

    private struct State {
        var waiting: [Read] = []
        var active = 0
        var countOfProcess: [Int32: Int] = [:]
        /// Bytes of answers that are being put together.
        var bytes = 0
    }

    private let state = Mutex(State())
    // A turn queues the next one before it ends itself, so there are up to two jobs a read.
    private let thread = WorkerThread(
        jobsMax: 2 * Limits.scansActiveMax, nice: Limits.backgroundNice)

    /// Queues a read for `process`; false when it, or everybody together, has too many.
    func submit(process: Int32, _ turn: @escaping Turn) -> Bool {
        let read = Read(process: process, turn: turn)
        let decision = state.withLock { state -> (isAccepted: Bool, starts: Bool) in
            let ofProcess = state.countOfProcess[process, default: 0]
            guard state.active + state.waiting.count < Limits.scansMax,
                ofProcess < Limits.scansPerProcessMax
            else { return (false, false) }
            state.countOfProcess[process] = ofProcess + 1
            guard state.active < Limits.scansActiveMax else {
                state.waiting.append(read)
                return (true, false)
            }
            state.active += 1
            return (true, true)
        }
        if decision.starts { run(read) }
        return decision.isAccepted
    }

    /// Claims room for part of an answer; false when all answers together have too much.
    func claim(bytes: Int) -> Bool {
        state.withLock { state in
            guard state.bytes + bytes <= Limits.responseBytesTotalMax else { return false }
            state.bytes += bytes
            return true
        }
    }

    func release(bytes: Int) {
        state.withLock { $0.bytes -= bytes }
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
        state.withLock { state in
            let left = state.countOfProcess[read.process, default: 1] - 1
            state.countOfProcess[read.process] = left == 0 ? nil : left
            guard !state.waiting.isEmpty else {
                state.active -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// Lets the reads finish and ends the thread.
    func shutdown() async {
        await thread.shutdown()
    }
}
