/// A drill that should have run and did not.
public struct MissedRun: Equatable, Sendable, JSONMapped {
    public var level = DrillLevel.restore
    /// When it was due, milliseconds since 1970.
    public var due: Int64 = 0
    /// More than 1 when this stands for that many in a row, the first of which was due then.
    public var count = 1

    public init() {}

    init(level: DrillLevel, due: Int64, count: Int = 1) {
        self.level = level
        self.due = due
        self.count = count
    }

    /// The runs that were due between the last one and now.
    ///
    /// - Parameters:
    ///   - last: when the last run, or the last one that is known to be missed, was (or was due).
    ///   - interval, grace: milliseconds; a run may be `grace` late before it counts as missed.
    ///
    ///     last 0, every 10, grace 2, now 32  ->  due 10, 20; the one due 30 can still come
    public static func between(
        last: Int64, now: Int64, every interval: Int64, grace: Int64, level: DrillLevel
    ) -> [MissedRun] {
        precondition(interval > 0 && grace >= 0, "runs have a time between them")
        let late = now - last - grace
        guard late > interval else { return [] }
        // The newest of them is the run that is being made up for now.
        let count = Int((late - 1) / interval)
        let single = min(count, BackupLimits.missedLinesMax - 1)
        var runs = (0..<single).map { index in
            MissedRun(level: level, due: last + Int64(index + 1) * interval)
        }
        if single < count {
            runs.append(
                MissedRun(
                    level: level, due: last + Int64(single + 1) * interval,
                    count: count - single))
        }
        return runs
    }

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        var name = level.rawValue
        try fields.field("level", &name)
        guard let known = DrillLevel(rawValue: name) else {
            throw JSONError(what: "there is no level \(name)")
        }
        level = known
        try fields.time("due", &due)
        try fields.field("count", &count)
    }
}
