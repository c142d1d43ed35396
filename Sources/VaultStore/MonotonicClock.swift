/// Time that only goes forward, counted from a moment of its own.
public struct MonotonicClock: Sendable {
    let now: @Sendable () -> Duration

    /// A clock of one's own, for tests.
    public init(_ now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    /// The machine's (`CLOCK_MONOTONIC`). It stands still while the machine is suspended: those who
    /// keep leases alive are on the same machine and are suspended with it, and under a clock that
    /// went on (`CLOCK_BOOTTIME`) all their leases would be over before the first could renew one.
    public static let system = MonotonicClock {
        .nanoseconds(Int64(Monitor.now()))
    }
}

extension Duration {
    /// Whole nanoseconds; up to 292 years.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Whole seconds, rounded up.
    var secondsRoundedUp: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
