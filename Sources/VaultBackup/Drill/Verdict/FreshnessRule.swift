/// How old the newest good backup and drills may be. For a watcher that runs by itself: whatever
/// makes backups cannot tell that it has stopped.
public struct FreshnessRule: Equatable, Sendable {
    /// Milliseconds.
    public var backupAgeMax: Int64
    /// Milliseconds, for every level that is to be run at all.
    public var drillAgeMax: [DrillLevel: Int64]

    public init(backupAgeMax: Int64, drillAgeMax: [DrillLevel: Int64]) {
        self.backupAgeMax = backupAgeMax
        self.drillAgeMax = drillAgeMax
    }

    /// What is too old, a sentence each, backups first. Times are milliseconds since 1970; nil is
    /// never. What is in the future is as bad as what is too old.
    public func overdue(
        now: Int64, newestBackup: Int64?, newestDrill: [DrillLevel: Int64]
    ) -> [String] {
        var found = complaint("backup", newestBackup, max: backupAgeMax, now: now)
        for level in DrillLevel.allCases {
            guard let limit = drillAgeMax[level] else { continue }
            found += complaint(
                "\(level.rawValue) drill", newestDrill[level], max: limit, now: now)
        }
        return found
    }

    /// Throws `.overdue` when there is any.
    public func check(
        now: Int64, newestBackup: Int64?, newestDrill: [DrillLevel: Int64]
    ) throws(BackupError) {
        let found = overdue(now: now, newestBackup: newestBackup, newestDrill: newestDrill)
        guard !found.isEmpty else { return }
        throw .overdue(
            found.joined(separator: "; ") + "; look at the timer and run it by hand")
    }

    private func complaint(_ what: String, _ time: Int64?, max: Int64, now: Int64) -> [String] {
        guard let time else { return ["there is no good \(what)"] }
        if time > now { return ["the newest good \(what) is from the future"] }
        let age = now - time
        guard age > max else { return [] }
        let (old, allowed) = (
            PageFormat.duration(milliseconds: age), PageFormat.duration(milliseconds: max)
        )
        return ["the newest good \(what) is \(old) old, \(allowed) are allowed"]
    }
}
