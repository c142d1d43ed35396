/// Failed attempts by name, in bounded memory, and how long the next one must wait.
struct FailureTable<Name: Hashable & Sendable>: Sendable {
    private struct Failures {
        var count = 0
        var last: Duration
    }

    private var failures: [Name: Failures] = [:]
    private let freeFailures: Int
    private let delayMax: Duration
    private let entriesMax: Int

    init(freeFailures: Int, delayMax: Duration, entriesMax: Int) {
        self.freeFailures = freeFailures
        self.delayMax = delayMax
        self.entriesMax = entriesMax
    }

    var count: Int { failures.count }

    /// How long `name` must still wait; zero when it need not.
    func wait(of name: Name, now: Duration) -> Duration {
        guard let entry = failures[name], !isForgotten(entry, now), entry.count >= freeFailures
        else { return .zero }
        // Doubling more often than this is beyond every maximum, and would overflow.
        let doublings = min(entry.count - freeFailures, 20)
        let delay = min(AccessLimits.loginDelayFirst * (1 << doublings), delayMax)
        return max(.zero, entry.last + delay - now)
    }

    mutating func fail(_ name: Name, now: Duration) {
        if let entry = failures[name], isForgotten(entry, now) { failures[name] = nil }
        if failures[name] == nil, failures.count >= entriesMax { makeRoom(now) }
        failures[name, default: Failures(last: now)].count += 1
        failures[name]?.last = now
    }

    /// Takes one failure back.
    mutating func forgive(_ name: Name) {
        guard let count = failures[name]?.count else { return }
        if count > 1 { failures[name]?.count = count - 1 } else { failures[name] = nil }
    }

    mutating func clear(_ name: Name) {
        failures[name] = nil
    }

    private func isForgotten(_ entry: Failures, _ now: Duration) -> Bool {
        now - entry.last >= AccessLimits.failuresForgottenAfter
    }

    /// Whoever invents names pushes out other names with few failures first, and waits as a caller.
    private mutating func makeRoom(_ now: Duration) {
        failures = failures.filter { !isForgotten($0.value, now) }
        guard failures.count >= entriesMax else { return }
        let least = failures.min {
            ($0.value.count, $0.value.last) < ($1.value.count, $1.value.last)
        }
        if let least { failures[least.key] = nil }
    }
}
