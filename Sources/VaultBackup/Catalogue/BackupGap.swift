/// The longest time that a vault was without a new backup: what a loss at the worst moment would
/// have cost.
///
///     number  1 at 00:00   2 at 01:00   (3, 4 are pruned)   5 at 06:00   ->  100 minutes
///
/// Between 2 and 5 there were two more, nobody knows when: one of the three times was 100 minutes
/// or more, and that much is certain. An archive that is there and not good is none.
public enum BackupGap {
    /// The longest time between two good archives of a store, in milliseconds: at least that where
    /// archives between them are gone. Nil with fewer than two.
    ///
    /// - Parameters:
    ///   - entries: of the store, in any order. Their times are the vault's, never the files'.
    ///   - good: digests of those that can be restored.
    public static func worst(_ entries: [ArchiveEntry], good: Set<String>) -> Int64? {
        let ordered = entries.sorted { ($0.timeline, $0.sequence) < ($1.timeline, $1.sequence) }
        var (worst, last): (Int64?, ArchiveEntry?)
        // Of numbers between the last good one and this, those that are there after all.
        var spoiled: Set<UInt64> = []
        for entry in ordered {
            guard good.contains(entry.digest) else {
                spoiled.insert(entry.sequence)
                continue
            }
            if let last, last.digest != entry.digest {
                let step = entry.sequence > last.sequence ? entry.sequence - last.sequence : 1
                let missing = step - 1 - min(UInt64(spoiled.count), step - 1)
                let gap = max(entry.created - last.created, 0) / Int64(clamping: missing + 1)
                worst = max(worst ?? 0, gap)
            }
            last = entry
            spoiled = []
        }
        return worst
    }
}
