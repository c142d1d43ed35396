import Glibc

/// SIGTERM and SIGINT as something to wait for. SIGHUP and SIGPIPE are ignored.
public enum TerminationSignals {
    /// Blocks the signals in this thread and those that it starts. Call it on the first thread and
    /// before there is another, or one of the others lets the signal end the process.
    public static func block() {
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        // A shell without job control has SIGINT ignored in what it starts in the background.
        signal(SIGINT, SIG_DFL)
        var signals = watched
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Sleeps until one of the signals arrives. It must be the first thread that waits here:
    /// `dispatch_main`, where it would be otherwise, takes signals as they come.
    public static func wait() {
        var signals = watched
        var number: Int32 = 0
        sigwait(&signals, &number)
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
