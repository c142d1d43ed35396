/// When a prune does not believe what it sees. Times are milliseconds.
public struct PruneLimits: Equatable, Sendable {
    /// Between marking and deleting: time to notice, and to take it back.
    public var grace: Int64
    /// The clock may be this far behind the newest time that is known.
    public var clockBackMax: Int64
    /// Neither now and the newest time that is known, nor two archives since the last prune, may
    /// lie further apart.
    public var clockJumpMax: Int64
    /// The shortest time between two backups that the schedule makes.
    public var backupInterval: Int64
    /// Archives beyond the schedule that may have come since the last prune: made by hand.
    public var extraBackups: Int
    /// Somebody looked at the clock, the gap in time or the many archives, and it is all right.
    public var isConfirmed: Bool

    /// A day of grace; a clock that was right to 5 minutes and jumps 30 days at most; backups
    /// every quarter of an hour at most, and 48 more.
    public init(
        grace: Int64 = KeepPeriod.dayMilliseconds, clockBackMax: Int64 = 300_000,
        clockJumpMax: Int64 = 30 * KeepPeriod.dayMilliseconds, backupInterval: Int64 = 900_000,
        extraBackups: Int = 48, isConfirmed: Bool = false
    ) {
        precondition(grace >= 0 && backupInterval > 0, "times are not negative")
        self.grace = grace
        self.clockBackMax = clockBackMax
        self.clockJumpMax = clockJumpMax
        self.backupInterval = backupInterval
        self.extraBackups = extraBackups
        self.isConfirmed = isConfirmed
    }
}
