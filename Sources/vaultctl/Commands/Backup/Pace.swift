import Glibc

/// Holds a transfer to a rate: whoever has taken more than its time allows waits until it does.
///
/// The vault waits with it, which makes no more of an archive than somebody takes.
struct Pace {
    private let rate: ByteRate
    private var start: Int64?
    private var taken: Int64 = 0

    init(_ rate: ByteRate) { self.rate = rate }

    /// Nanoseconds to wait after so many bytes more, at a time of a clock that only goes forward.
    mutating func delay(after count: Int, now: Int64) -> Int64 {
        let start = start ?? now
        self.start = start
        taken += Int64(count)
        let seconds = Double(taken) / Double(rate.bytesPerSecond)
        let due = start + Int64(seconds * 1e9)
        // What was missed once is not made up for: a rate is what the disk bears.
        if due < now { (self.start, taken) = (now, 0) }
        return max(0, due - now)
    }

    /// Waits after so many bytes more.
    mutating func wait(after count: Int) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        let delay = delay(after: count, now: now)
        guard delay > 0 else { return }
        let end = now + delay
        time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        // Other signals than those that end the program do not shorten it.
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
