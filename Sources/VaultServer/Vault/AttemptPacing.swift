/// Slows down guessing: after a few wrong keys in a row, the next attempt must wait, twice as long
/// each time. Key files are not counted.
struct AttemptPacing {
    private var wrongInARow = 0
    private var notBefore: ContinuousClock.Instant?

    /// How long the next attempt must still wait; nil when it may start.
    func delay(at now: ContinuousClock.Instant) -> Duration? {
        guard let notBefore, now < notBefore else { return nil }
        return now.duration(to: notBefore)
    }

    mutating func recordWrong(at now: ContinuousClock.Instant) {
        wrongInARow += 1
        let doublings = wrongInARow - Limits.freeWrongPassphrases
        guard doublings >= 0 else { return }
        var delay = Limits.wrongPassphraseDelayFirst
        // Bounded: the delay reaches its maximum long before the loop would be slow.
        for _ in 0..<min(doublings, 32) where delay < Limits.wrongPassphraseDelayMax { delay *= 2 }
        notBefore = now + min(delay, Limits.wrongPassphraseDelayMax)
    }

    mutating func recordRight() {
        wrongInARow = 0
        notBefore = nil
    }
}
