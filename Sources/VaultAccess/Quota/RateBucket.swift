/// A token bucket. It remembers only when it will be full, so that looking at it changes nothing:
/// who was refused has lost nothing.
///
///     4 a second, burst 3   now 10.00   full at 10.50   level 3 - 0.50 * 4 = 1
struct RateBucket: Sendable {
    /// Nanoseconds for one token.
    private let interval: Double
    /// Tokens when it is full.
    let burst: Double
    private var fullAt = 0.0

    /// Of the order of what rounding does to a sum of many intervals, in nanoseconds.
    private static let tolerance = 4.0

    init(perSecond rate: Double, burst: Double) {
        interval = 1e9 / rate
        self.burst = burst
    }

    /// Tokens in it; below zero when more were taken than there were.
    func level(at now: Double) -> Double {
        burst - max(0, fullAt - now) / interval
    }

    /// How long until there is a token: zero when there is one.
    func wait(at now: Double) -> Double {
        let wait = fullAt - now - (burst - 1) * interval
        return wait > Self.tolerance ? wait : 0
    }

    /// How long until the level is `level`.
    func wait(for level: Double, at now: Double) -> Double {
        max(0, fullAt - now - (burst - level) * interval)
    }

    func isFull(at now: Double) -> Bool { fullAt <= now }

    /// Takes a token, there or not.
    mutating func take(at now: Double) {
        fullAt = max(fullAt, now) + interval
    }
}
