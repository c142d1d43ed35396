import VaultClient

/// A vault that does not serve for a while: when to try again, and when to stop trying.
struct Outage {
    /// Why it does not serve.
    enum Cause: Equatable {
        /// Nobody answers, or the connection broke.
        case unreachable
        /// It answers, and waits for somebody to unseal it.
        case sealed

        /// nil for a failure that trying again does not cure.
        init?(_ error: VaultClientError) {
            switch error.category {
            case .unreachable: self = .unreachable
            case .sealed: self = .sealed
            default: return nil
            }
        }
    }

    /// A restart of vaultd, the check of a large vault included, is over by then. A sealed vault is
    /// waited for without end: it answers, and people unseal it when they come to it.
    static let durationMax = Duration.seconds(60)
    /// The first pause; each one is twice as long as the one before.
    static let pauseFirst = Duration.milliseconds(50)
    /// A vault that is back is noticed soon.
    static let pauseMax = Duration.seconds(1)

    /// What the last attempt met; nil while the vault serves.
    private(set) var cause: Cause?
    /// When it was last known to answer.
    private var start: ContinuousClock.Instant?
    private var nextPause = Outage.pauseFirst

    var isUnderWay: Bool { cause != nil }

    /// How long to wait before the next attempt, after one failed; nil when it is time to stop.
    mutating func pause(after cause: Cause, at now: ContinuousClock.Instant) -> Duration? {
        self.cause = cause
        switch cause {
        case .sealed: start = nil
        case .unreachable:
            let start = start ?? now
            self.start = start
            guard start.duration(to: now) < Self.durationMax else { return nil }
        }
        defer { nextPause = min(nextPause * 2, Self.pauseMax) }
        return nextPause
    }

    /// The vault serves. True when it did not before.
    mutating func end() -> Bool {
        defer { self = Outage() }
        return isUnderWay
    }
}
