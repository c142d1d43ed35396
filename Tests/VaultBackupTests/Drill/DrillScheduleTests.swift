import Testing
import VaultTestSupport

@testable import VaultBackup

/// Runs that were due, and restore times over several drills.
@Suite struct DrillScheduleTests {
    private func drill(
        _ number: Int, every: Int64? = 86_400, level: DrillLevel = .hostile
    ) -> DrillReport {
        var report = Reports.full(number)
        report.level = level
        report.everySeconds = every
        return report
    }

    private func schedule(_ bodies: LedgerBody...) -> DrillSchedule {
        DrillSchedule(
            LedgerState(bodies.map { LedgerLine(sequence: 1, time: 1, body: $0) }))
    }

    private func day(_ number: Double) -> Int64 {
        Reports.time + Int64(number * Double(Reports.day))
    }

    @Test func theNextIsDueAfterTheIntervalAndOverdueAfterATenthMore() {
        let schedule = schedule(.drill(drill(1)))
        #expect(schedule.entries.map(\.due) == [day(2)])
        #expect(schedule.overdue(now: day(2.1)).isEmpty)
        #expect(schedule.entries[0].missed(now: day(2.1)).isEmpty)
        #expect(schedule.overdue(now: day(2.11)).count == 1)
        let missed = schedule.entries[0].missed(now: day(4.2))
        #expect(missed.map(\.due) == [day(2), day(3), day(4)])
        #expect(missed.allSatisfy { $0.level == .hostile })
        #expect(
            schedule.overdue(now: day(4.2)) == [
                "the D2 drill was due on 2026-11-27 03:00 and was not run: 3 runs missed"
            ])
    }

    @Test func whatNobodyExpectsIsNotMissed() {
        #expect(schedule().entries.isEmpty)
        #expect(schedule(.drill(drill(1, every: nil))).entries.isEmpty)
        // A run by hand makes up for one of the timer's, and does not change how often it comes.
        let schedule = schedule(.drill(drill(1)), .drill(drill(3, every: nil)))
        #expect(schedule.entries.map(\.due) == [day(4)])
    }

    @Test func levelsAreExpectedEachByItself() {
        let schedule = schedule(
            .drill(drill(1)), .drill(drill(1, every: 7 * 86_400, level: .goBack)))
        #expect(schedule.entries.map(\.level) == [.hostile, .goBack])
        #expect(schedule.overdue(now: day(5)).count == 1)
    }

    @Test func whatIsNotedAsMissedIsNotMissedAgain() {
        let schedule = schedule(
            .drill(drill(1)), .missed(MissedRun(level: .hostile, due: day(2))))
        #expect(schedule.entries[0].missed(now: day(2.5)).isEmpty)
        #expect(schedule.entries[0].missed(now: day(3.5)).map(\.due) == [day(3)])
    }

    // MARK: - Restore times

    private func report(_ total: Int64, _ phases: [(String, Int64)] = []) -> DrillReport {
        var report = Reports.full()
        report.rto?.totalMilliseconds = total
        report.rto?.phases = phases.map { .init($0.0, milliseconds: $0.1) }
        return report
    }

    @Test func halfAndNearlyAllOfTheLastTen() throws {
        let reports = (1...12).map { report(Int64($0) * 100) }.shuffled()
        let last = Array(reports.suffix(10)).compactMap(\.rto?.totalMilliseconds).sorted()
        let found = try #require(RecoveryStatistics(reports))
        #expect(found.samples == 10)
        #expect(found.medianMilliseconds == last[4] && found.highMilliseconds == last[9])
        let one = try #require(RecoveryStatistics([report(70)]))
        #expect(one.samples == 1 && one.medianMilliseconds == 70 && one.highMilliseconds == 70)
        #expect(RecoveryStatistics([]) == nil && RecoveryStatistics([DrillReport()]) == nil)
    }

    @Test func twiceTheDataDoublesWhatGrowsWithIt() throws {
        let phases: [(String, Int64)] = [
            ("locate", 10), ("verify", 100), ("unwrap", 300), ("open", 200), ("load", 400),
            ("start", 50), ("unseal", 60), ("first_read", 5),
        ]
        let found = try #require(RecoveryStatistics([report(1_200, phases)]))
        #expect(found.doubledMilliseconds == 1_200 + 760)
        #expect(found.isRoomToGrow)
        var slow = report(40_000, [("load", 39_000)])
        slow.rto?.targetMilliseconds = 60_000
        #expect(try #require(RecoveryStatistics([slow])).isRoomToGrow == false)
    }

    @Test func otherVaultsAndTheOldestArchivesDoNotCount() throws {
        var other = report(9_000)
        other.backup?.storeID = "another"
        var oldest = report(8_000)
        oldest.backup?.selection = "OLDEST"
        let found = try #require(RecoveryStatistics([other, report(100), oldest]))
        #expect(found.samples == 1 && found.highMilliseconds == 100)
    }

    // MARK: - In the ledger

    /// Reading makes nothing, and is not in the way of who writes.
    @Test func readingALedgerWritesNothing() throws {
        let directory = try TemporaryDirectory()
        let files = try DirectoryFiles.open(directory.path)
        #expect(try LedgerKey.existing("key", in: files) == nil)
        #expect(
            try DrillLedger.read(
                "l", publicKey: [UInt8](repeating: 1, count: 32), in: files) == nil)
        #expect(try Files.names(in: directory.path).isEmpty)
        let key = try LedgerKey.open("key", in: files)
        let publicKey = key.publicHalf
        var ledger = try DrillLedger.open("l", key: key, now: 1, in: files)
        try ledger.append(.drill(drill(1)), at: 2)
        let state = ledger.state
        // While it is open for writing.
        let found = try #require(try DrillLedger.read("l", publicKey: publicKey, in: files))
        #expect(found.state == state && found.head.sequence == 1)
        // A line in the making is no damage.
        try Files.write(try Files.read(directory.file("l")) + [0x7B], to: directory.file("l"))
        #expect(try DrillLedger.read("l", publicKey: publicKey, in: files)?.state == state)
        try Files.write("", to: directory.file("l"))
        #expect(throws: BackupError.self) {
            try DrillLedger.read("l", publicKey: publicKey, in: files)
        }
    }

    /// Whose key drills by a timer, and whose only people use.
    @Test func theSlotsOfTimersAreKnown() {
        var people = drill(2)
        (people.level, people.trigger) = (.ceremony, "manual")
        people.keys?.openedWith = "slot 1 (recipient)"
        let lines = [drill(1), people].map {
            LedgerLine(sequence: 1, time: 1, body: .drill($0))
        }
        let store = Reports.full().backup?.storeID ?? ""
        #expect(LedgerState(lines).timerSlots(storeID: store) == ["drill-2026"])
        #expect(LedgerState(lines).timerSlots(storeID: "another").isEmpty)
    }
}
