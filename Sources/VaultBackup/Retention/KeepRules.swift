/// Which archives a prune keeps: by age, never by count alone. Who can add archives could empty a
/// directory that keeps "the last seven" by adding seven.
public struct KeepRules: Equatable, Sendable {
    /// Ages, in milliseconds, count back from the newest archive, not from now: a vault that makes
    /// no more backups loses none of its old ones to the calendar.
    public var everythingWithin: Int64?
    /// The last archive of every hour, day, ISO week, month or year (UTC) within that age.
    public var periods: [KeepPeriod: Int64]
    /// Full archives that always stay, each with the newest archive that continues it.
    public var minimum: Int

    /// Everything for 2 days, daily for 2 weeks, weekly for 2 months, monthly for a year.
    public init(
        everythingWithin: Int64? = 2 * KeepPeriod.dayMilliseconds,
        periods: [KeepPeriod: Int64] = [
            .day: 14 * KeepPeriod.dayMilliseconds, .week: 61 * KeepPeriod.dayMilliseconds,
            .month: 366 * KeepPeriod.dayMilliseconds,
        ], minimum: Int = 3
    ) {
        precondition(minimum >= 1, "a prune leaves something")
        self.everythingWithin = everythingWithin
        self.periods = periods
        self.minimum = minimum
    }
}
