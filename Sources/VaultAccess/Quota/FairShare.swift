/// Decides who is served now, so that nobody who asks a lot is served at the cost of others.
///
/// All requests come out of one bucket, which fills with the server's whole budget and holds a
/// second of it.
///
///     guaranteed   within its rate: always, even from an empty bucket      beyond: never
///     burstable    within its rate: always, even from an empty bucket      beyond: as surplus
///     bestEffort   as surplus, but not the last quarter of the bucket
///
/// So what is set aside and not used is there for others. Surplus is shared by one rule, without
/// counting who is there: a caller may have used recently at most twice what is free. Callers who
/// ask for more and more thereby all end up at the same recent use, which is the equal share; who
/// asks for less is always below it, and always served.
///
///     budget 1000/s, A asks 10,000/s, B asks 400/s     ->  A 600/s, B 400/s
///     budget 1000/s, A asks 10,000/s, B asks 10,000/s  ->  A 500/s, B 500/s
///
/// Best effort comes last: burstable callers who ask without end may leave it nothing.
///
/// In any span of time, at most the budget for that time is admitted, plus a second of budget, plus
/// the bursts of the rules whose rate is set aside.
public struct FairShare: Sendable {
    private var time = SteadyTime()
    /// nil when there is no limit in all.
    private var budget: RateBucket?
    /// By place in the book.
    private var ruled: [Share]
    private var callers: CallerShares

    /// By the rules of `book`.
    public init(_ book: QuotaBook) {
        self.init(book, callersMax: QuotaLimits.callersMax)
    }

    init(_ book: QuotaBook, callersMax: Int) {
        if book.requestsPerSecondMax > 0 {
            let rate = Double(book.requestsPerSecondMax)
            budget = RateBucket(perSecond: rate, burst: max(rate, QuotaLimits.surplusBurstMin))
        }
        ruled = book.rules.map(Share.init)
        callers = CallerShares(rule: book.defaultRule, countMax: callersMax)
    }

    /// Callers without a rule who are told apart now.
    var callerCount: Int { callers.count }

    /// Whether `owner` may have one request done now; it is counted if so. A refusal counts
    /// nothing: who tries again too early is no worse off.
    ///
    /// - Parameter now: by any clock that goes forward, mostly. One that jumps is survived.
    public mutating func admit(_ owner: QuotaOwner, now: Duration) -> QuotaDecision {
        time.advance(to: now)
        let now = time.nanoseconds
        let wait: Double
        if case .rule(let place) = owner.kind {
            wait = Self.take(from: &ruled[place], budget: &budget, at: now)
        } else {
            let place = callers.place(of: owner, at: now)
            wait = Self.take(from: &callers[place], budget: &budget, at: now)
        }
        guard wait > 0 else { return .admit }
        let retryAfter = Duration.nanoseconds(Int64(min(wait, 1e18).rounded(.up)))
        return .refuse(
            .rate(
                retryAfter: min(
                    max(retryAfter, QuotaLimits.retryAfterMin), QuotaLimits.retryAfterMax)))
    }

    /// Nanoseconds to wait; zero when the request was taken.
    private static func take(
        from share: inout Share, budget: inout RateBucket?, at now: Double
    ) -> Double {
        let wait = share.bucket?.wait(at: now) ?? 0
        switch share.quotaClass {
        case .guaranteed:
            guard wait == 0 else { return wait }
        case .burstable:
            guard wait == 0 else {
                return takeSurplus(from: &share, part: 0, budget: &budget, at: now)
            }
        case .bestEffort:
            guard wait == 0 else { return wait }
            let part = QuotaLimits.burstableOnlyPart
            let surplusWait = takeSurplus(from: &share, part: part, budget: &budget, at: now)
            if surplusWait == 0 { share.bucket?.take(at: now) }
            return surplusWait
        }
        share.bucket?.take(at: now)
        // The rates of all that are set aside are part of the budget, so that what this lacks is
        // no more than their bursts.
        budget?.take(at: now)
        return 0
    }

    /// As `take`, from what nobody has set aside. `part` of the bucket is not for this caller.
    private static func takeSurplus(
        from share: inout Share, part: Double, budget: inout RateBucket?, at now: Double
    ) -> Double {
        guard let bucket = budget else { return 0 }
        let floor = bucket.burst * part + 1
        let free = bucket.level(at: now) - floor
        let useMax = free * QuotaLimits.useOfFreeMax
        guard free > 0 else { return max(1, bucket.wait(for: floor + 1, at: now)) }
        guard share.recentUse.count(at: now) < useMax else {
            return max(1, share.recentUse.wait(for: useMax, at: now))
        }
        share.recentUse.add(at: now)
        budget?.take(at: now)
        return 0
    }
}
