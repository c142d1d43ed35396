import Glibc

/// How much somebody used recently: every request counts one, and fades by e in a second.
struct RecentUse: Sendable {
    private var count = 0.0
    private var countedAt = 0.0

    private static let fading = QuotaLimits.recentUse.inNanoseconds

    func count(at now: Double) -> Double {
        count == 0 ? 0 : count * exp((countedAt - now) / Self.fading)
    }

    mutating func add(at now: Double) {
        count = count(at: now) + 1
        countedAt = now
    }

    /// How long until the count is `limit`.
    func wait(for limit: Double, at now: Double) -> Double {
        let count = count(at: now)
        return count <= limit ? 0 : log(count / limit) * Self.fading
    }
}
