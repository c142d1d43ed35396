/// One caller's part of the server: what is its own, and what it took of what was left.
struct Share: Sendable {
    let quotaClass: QuotaClass
    /// The rate of its own, or the most that it gets; nil without either.
    var bucket: RateBucket?
    var recentUse = RecentUse()

    init(_ rule: QuotaRule?) {
        quotaClass = rule?.quotaClass ?? .bestEffort
        bucket = rule?.rate.map { rate in
            RateBucket(perSecond: Double(rate), burst: Double(rule?.burst ?? rate))
        }
    }
}
