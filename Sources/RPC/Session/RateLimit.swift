import NIOCore

/// Counts events in one-second windows.
struct RateLimit {
    private let perSecondMax: Int
    private var windowStart: NIODeadline
    private var count = 0

    init(perSecondMax: Int, now: NIODeadline) {
        self.perSecondMax = perSecondMax
        self.windowStart = now
    }

    /// Counts one event; false when there have been too many within the second.
    mutating func allows(now: @autoclosure () -> NIODeadline) -> Bool {
        count += 1
        guard count > perSecondMax else { return true }
        let now = now()
        guard now - windowStart >= .seconds(1) else { return false }
        windowStart = now
        count = 1
        return true
    }
}
