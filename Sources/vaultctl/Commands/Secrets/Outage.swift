/// A lost connection: when to try again, and when to stop trying.
struct Outage {
    /// A restart of vaultd, the check of a large vault included, is over by then.
    static let durationMax = Duration.seconds(60)
    /// The first pause; each one is twice as long as the one before.
    static let pauseFirst = Duration.milliseconds(50)
    /// A vault that is back is noticed soon.
    static let pauseMax = Duration.seconds(1)

    private var start: ContinuousClock.Instant?
    private var nextPause = Outage.pauseFirst

    var isUnderWay: Bool { start != nil }

    /// How long to wait before the next attempt, after one failed; nil when it is time to stop.
    mutating func pause(at now: ContinuousClock.Instant) -> Duration? {
        let start = start ?? now
        self.start = start
        guard start.duration(to: now) < Self.durationMax else { return nil }
        defer { nextPause = min(nextPause * 2, Self.pauseMax) }
        return nextPause
    }

    /// The vault answers. True when it did not before.
    mutating func end() -> Bool {
        defer { self = Outage() }
        return isUnderWay
    }
}
