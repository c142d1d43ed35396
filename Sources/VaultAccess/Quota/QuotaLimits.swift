/// Every bound of sharing the server out, with its reason.
enum QuotaLimits {
    /// Requests a second, of one rule or of all: more than a server answers.
    static let rateMax = 1_000_000

    /// Requests at once beyond the rate; connections, watches and requests that one rule may allow.
    static let countMax = 1_000_000

    /// Rules of one configuration. A machine has hundreds of services, not thousands.
    static let rulesMax = 1_024

    /// Callers without a rule that are told apart at once, about 150 bytes each. Those beyond share
    /// one share, which is fair to all others.
    static let callersMax = 4_096

    /// How long a caller must have asked nothing before it can be forgotten: by then, what it used
    /// has faded to nothing.
    static let idleMin: Duration = .seconds(10)

    /// When a caller is forgotten even if its burst is not refilled.
    static let idleMax: Duration = .seconds(600)

    /// How much of the surplus can be saved up: what comes in a second, and a few requests where
    /// the budget is tiny.
    static let surplusBurstMin = 8.0

    /// Best effort stops when this part of the savings is left.
    static let burstableOnlyPart = 0.25

    /// How long a request counts as recent use. Longer would let a newcomer, who has used nothing,
    /// displace others for longer: 0.7 of this at worst. Shorter would make shares of few requests
    /// a second uneven.
    static let recentUse: Duration = .seconds(1)

    /// A caller may have used, recently, this many times what is free. At 2, one caller alone can
    /// have the whole surplus, and when there are n, then 1 / (2n) seconds' worth stays free for
    /// those who ask little.
    static let useOfFreeMax = 2.0

    /// A clock that goes back by less was read by two threads at almost the same time.
    static let clockDisorderMax: Duration = .seconds(1)

    /// No step of the clock counts for more; every bucket that matters is full by then.
    static let clockStepMax: Duration = .seconds(86_400)

    /// What is told to those who must wait: at least, and at most.
    static let retryAfterMin: Duration = .milliseconds(1)
    static let retryAfterMax: Duration = .seconds(10)
}
