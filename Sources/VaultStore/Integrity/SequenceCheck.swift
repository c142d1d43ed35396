/// Looks for holes in the sequence of the log's records. Above the compacted revision there are
/// none in a vault of which nothing was destroyed, so a hole names what is missing.
///
///     floor 4, current 9:   5.0 5.1 7.0 7.2 8.0   ->   6, 7.1, 9 are missing
struct SequenceCheck {
    let floor: Int64
    private let gaps: RevisionGaps
    private(set) var missing = DamageList()
    private var last: LogKey

    init(floor: Int64, gaps: RevisionGaps = RevisionGaps()) {
        self.gaps = gaps
        // The first revision of a store has no records.
        self.floor = max(floor, Revision.initial.rawValue)
        last = LogKey(main: self.floor, sub: 0)
    }

    /// Takes in the next record, in the log's order.
    mutating func take(main: Int64, sub: UInt32) {
        guard main > floor else { return }
        let isNext = main == last.main ? sub == last.sub + 1 : main == last.main + 1 && sub == 0
        if !isNext { noteGap(before: main, sub) }
        last = LogKey(main: main, sub: sub)
    }

    /// There are no more records; the newest revision was `current`.
    mutating func finish(current: Int64) {
        noteRevisions(after: last.main, through: current)
    }

    private mutating func noteGap(before main: Int64, _ sub: UInt32) {
        noteRevisions(after: last.main, through: main - 1)
        let first = main == last.main && main > floor ? last.sub + 1 : 0
        missing.note(
            count: Int64(sub) - Int64(first),
            { Damage(.missing, revision: main, sub: first + UInt32($0), "a record is missing") })
    }

    private mutating func noteRevisions(after first: Int64, through last: Int64) {
        var start = first
        for gap in gaps.ranges where gap.upperBound > start && gap.lowerBound <= last {
            noteMissing(after: start, through: gap.lowerBound - 1)
            start = gap.upperBound
        }
        noteMissing(after: start, through: last)
    }

    private mutating func noteMissing(after first: Int64, through last: Int64) {
        missing.note(
            count: last - first,
            { Damage(.missing, revision: first + 1 + $0, "every record of it is missing") })
    }
}
