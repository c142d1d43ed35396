import Glibc
import Synchronization

/// SIGTERM and SIGINT as something to wait for. SIGHUP and SIGPIPE are ignored.
public enum TerminationSignals {
    /// Blocks the signals in this thread and those that it starts. Call it before any thread is
    /// started, or one of the others ends the process.
    public static func block() {
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        var signals = watched
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Returns when one of the signals arrives.
    public static func wait() async {
        let thread = WorkerThread(jobsMax: 1)
        await withCheckedContinuation { continuation in
            let accepted = thread.submit {
                var signals = watched
                var number: Int32 = 0
                sigwait(&signals, &number)
                continuation.resume()
            }
            precondition(accepted, "the thread is new")
        }
        await thread.shutdown()
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
