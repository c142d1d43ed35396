import CLinux
import Dispatch
import Glibc
import NIOPosix
import Synchronization

/// When the machine's processors stood still, as a thread on each of them sees it that comes before
/// all others (`SCHED_FIFO`) and only wants to wake up five thousand times a second. Where even that
/// one wakes up late, nobody could have run.
final class Standstills: Sendable {
    /// Lateness that is none yet: the timer's own, and a wake-up's.
    private static let tolerance: Int64 = 200_000
    private static let interval: Int64 = 200_000

    private let spans = Mutex<[ClosedRange<Int64>]>([])
    private let isOver = Atomic<Bool>(false)

    private let isRefused = Atomic<Bool>(false)

    /// nil where the system does not let us have such threads: root may.
    static func watch() -> Standstills? {
        let standstills = Standstills()
        let ready = DispatchSemaphore(value: 0)
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let threads = NIOThreadPool(numberOfThreads: processors)
        threads.start()
        for processor in 0..<processors {
            threads.submit { _ in
                if vault_come_first_on(Int32(clamping: processor)) != 0 {
                    standstills.isRefused.store(true, ordering: .relaxed)
                }
                ready.signal()
                standstills.run()
            }
        }
        for _ in 0..<processors { ready.wait() }
        return standstills.isRefused.load(ordering: .relaxed) ? nil : standstills
    }

    private func run() {
        var due = Nanoseconds.now()
        while !isOver.load(ordering: .relaxed), !isRefused.load(ordering: .relaxed) {
            due += Self.interval
            var time = timespec(
                tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
            let now = Nanoseconds.now()
            if now - due > Self.tolerance {
                let span = due...now
                spans.withLock { $0.append(span) }
                due = now
            }
        }
    }

    /// Ends the threads.
    func stop() { isOver.store(true, ordering: .relaxed) }

    /// How long some processor stood still between two times, in nanoseconds.
    func nanoseconds(from start: Int64, to end: Int64) -> Int64 {
        let inside = spans.withLock { spans in
            spans.filter { $0.overlaps(start...end) }.map { $0.clamped(to: start...end) }
        }.sorted { $0.lowerBound < $1.lowerBound }
        var (sum, reached) = (Int64(0), start)
        for span in inside where span.upperBound > reached {
            sum += span.upperBound - max(reached, span.lowerBound)
            reached = span.upperBound
        }
        return sum
    }
}
