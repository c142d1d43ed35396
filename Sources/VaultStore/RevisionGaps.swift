/// Revisions that no change has, because a restore left them out: the vault that was lost may have
/// given them to changes that nobody knows any more (docs/formats.md, "Timelines").
///
/// Whoever asks for one is told that it was compacted, and where to go on; never silence.
struct RevisionGaps: Equatable, Sendable {
    /// Rising, without touching each other.
    let ranges: [ClosedRange<Int64>]

    init(_ ranges: [ClosedRange<UInt64>] = []) {
        self.ranges = ranges.map { Int64(clamping: $0.lowerBound)...Int64(clamping: $0.upperBound) }
    }

    /// The first revision after the gap that `revision` lies in; nil when it lies in none.
    func end(around revision: Int64) -> Int64? {
        guard let gap = ranges.first(where: { $0.contains(revision) }) else { return nil }
        return gap.upperBound + 1
    }
}
