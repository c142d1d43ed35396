import Glibc
import NIOPosix
import Sodium
import Synchronization

/// One thread for work that would hold up an event loop, with a bounded number of jobs.
final class WorkerThread: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let jobsMax: Int
    private let jobs = Mutex(0)

    /// `nice`: how far the thread stands back behind the event loops; 0 is equal.
    init(jobsMax: Int, nice: Int32 = 0) {
        self.jobsMax = jobsMax
        pool.start()
        guard nice > 0 else { return }
        pool.submit { _ in
            // Linux keeps the nice value for each thread, and 0 names the calling one. A failure
            // is ignored: without it the work is only less polite.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, nice)
        }
    }

    /// Queues a job, or returns false when `jobsMax` wait or run already.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let accepted = jobs.withLock { count in
            guard count < jobsMax else { return false }
            count += 1
            return true
        }
        guard accepted else { return false }
        pool.submit { state in
            // Cancelled jobs run, too: somebody waits for what they complete.
            job()
            // Jobs open keyrings and derive keys.
            wipeStack()
            self.jobs.withLock { $0 -= 1 }
        }
        return true
    }

    /// Lets the jobs finish and ends the thread.
    func shutdown() async {
        await withCheckedContinuation { continuation in
            pool.shutdownGracefully { _ in continuation.resume() }
        }
    }
}
