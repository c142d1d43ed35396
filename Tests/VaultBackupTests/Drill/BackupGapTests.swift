import Testing

@testable import VaultBackup

/// The longest time without a backup, from what archives say of themselves.
@Suite struct BackupGapTests {
    private func shelf(hours: [Int64]) -> Shelf {
        var shelf = Shelf()
        for hour in hours { shelf.add(at: Shelf.start + hour * Shelf.hour) }
        return shelf
    }

    private func worst(_ entries: [ArchiveEntry], bad: Set<String> = []) -> Int64? {
        let good = Set(entries.map(\.digest)).subtracting(bad)
        let hours = BackupGap.worst(entries.reversed(), good: good).map {
            Double($0) / Double(Shelf.hour)
        }
        return hours.map { Int64($0 * 60) }
    }

    @Test func itIsTheLongestOfAll() {
        #expect(worst([]) == nil)
        #expect(worst(shelf(hours: [5]).entries) == nil)
        #expect(worst(shelf(hours: [0, 1, 2, 9, 10]).entries) == 420)
        #expect(worst(shelf(hours: [0, 7, 8, 9]).entries) == 420, "also the first")
        #expect(worst(shelf(hours: [0, 1, 9]).entries) == 480, "also the last")
    }

    /// What prunes took away was there: the time is shared among those that were.
    @Test func prunedArchivesMakeNoGap() {
        var shelf = shelf(hours: [0, 1, 2, 3, 4, 5, 6])
        #expect(worst(shelf.entries) == 60)
        for name in ["d3.vab", "d4.vab"] { shelf.remove(name) }
        #expect(worst(shelf.entries) == 60)
        shelf.change("d5") { $0.created += 2 * Shelf.hour }
        #expect(worst(shelf.entries) == 100)
    }

    /// What cannot be restored would not have helped.
    @Test func anArchiveThatIsNotGoodIsNone() {
        let shelf = shelf(hours: [0, 1, 2, 3])
        #expect(worst(shelf.entries, bad: ["d2"]) == 120)
        #expect(worst(shelf.entries, bad: ["d2", "d3"]) == 180)
        #expect(worst(shelf.entries, bad: ["d4"]) == 60)
        #expect(worst(shelf.entries, bad: ["d1", "d2", "d3", "d4"]) == nil)
        #expect(worst(shelf.entries, bad: ["d1", "d2", "d3"]) == nil)
    }

    @Test func aCopyOrAClockThatGoesBackIsNoGap() {
        var shelf = shelf(hours: [0, 5, 6])
        shelf.change("d2") { $0.created = Shelf.start - Shelf.hour }
        #expect(worst(shelf.entries) == 420)
        let twice = Shelf.daily(1).entries + Shelf.daily(1).entries
        #expect(worst(twice) == nil)
    }

    /// A restored vault gives numbers again that the lost one gave: time goes on all the same.
    @Test func aRestoreIsAGap() {
        var shelf = shelf(hours: [0, 1, 2, 10, 11])
        shelf.change("d4") { ($0.timeline, $0.sequence) = (2, 2) }
        shelf.change("d5") { ($0.timeline, $0.sequence) = (2, 3) }
        #expect(worst(shelf.entries) == 480)
    }
}
