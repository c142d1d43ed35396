/// Nanoseconds that only go forward, from the readings of a clock that need not.
struct SteadyTime: Sendable {
    /// Since the first reading.
    private(set) var nanoseconds = 0.0
    private var last: Duration?

    /// Takes a reading in.
    ///
    /// Two threads may hand theirs in in the wrong order; counting from the older one would count
    /// the time between twice. A clock that was set back starts anew from there.
    mutating func advance(to now: Duration) {
        guard let last else {
            self.last = now
            return
        }
        if now >= last {
            let step = min(now - last, QuotaLimits.clockStepMax)
            nanoseconds += step.inNanoseconds
        } else if last - now < QuotaLimits.clockDisorderMax {
            return
        }
        self.last = now
    }
}

extension Duration {
    /// As a number to calculate with; exact to the nanosecond up to 104 days.
    var inNanoseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e9 + Double(attoseconds / 1_000_000_000)
    }
}
