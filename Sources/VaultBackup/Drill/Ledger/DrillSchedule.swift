/// When the next drills are due, as far as past ones said how often they come.
public struct DrillSchedule: Equatable, Sendable {
    /// A level that is drilled again and again.
    public struct Entry: Equatable, Sendable {
        public var level: DrillLevel
        /// Milliseconds.
        public var interval: Int64
        /// When the last was, or was last noted as missed; milliseconds since 1970.
        public var last: Int64

        public var due: Int64 { last + interval }

        /// A timer fires a little later each time, and a drill takes its time.
        var grace: Int64 { interval / 10 }

        /// Runs that did not happen until now and are not in the ledger yet.
        public func missed(now: Int64) -> [MissedRun] {
            MissedRun.between(last: last, now: now, every: interval, grace: grace, level: level)
        }

        /// Whether it should have been run by now.
        public func isOverdue(now: Int64) -> Bool { now - due > grace }
    }

    /// By level, in their order.
    public private(set) var entries: [Entry] = []

    public init(_ state: LedgerState) {
        for level in DrillLevel.allCases {
            let expected = state.reports.last { $0.level == level && $0.everySeconds ?? 0 > 0 }
            guard let seconds = expected?.everySeconds, let last = state.lastRun(level) else {
                continue
            }
            let interval = min(seconds, .max / 1_000) * 1_000
            entries.append(Entry(level: level, interval: interval, last: last))
        }
    }

    /// A sentence for every level that should have been run by now.
    public func overdue(now: Int64) -> [String] {
        entries.filter { $0.isOverdue(now: now) }.map { entry in
            let runs = max(entry.missed(now: now).reduce(0) { $0 + $1.count }, 1)
            return "the \(entry.level.rawValue) drill was due on \(PageFormat.minute(entry.due)) "
                + "and was not run: \(PageFormat.counted(Int64(runs), "run")) missed"
        }
    }
}
