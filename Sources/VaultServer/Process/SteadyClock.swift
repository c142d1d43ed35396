import Glibc

/// A clock that nobody sets, for what lasts; time since the machine started.
enum SteadyClock {
    static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
