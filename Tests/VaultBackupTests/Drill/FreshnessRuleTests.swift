import Testing

@testable import VaultBackup

/// What has stopped is noticed by somebody else.
@Suite struct FreshnessRuleTests {
    private let rule = FreshnessRule(backupAgeMax: 100, drillAgeMax: [.restore: 1000])

    @Test func whatIsYoungEnoughIsFine() throws {
        try rule.check(now: 1000, newestBackup: 900, newestDrill: [.restore: 0])
    }

    @Test func whatIsOldOrMissingOrFromTheFutureIsOverdue() {
        let cases: [(Int64?, [DrillLevel: Int64], Int)] = [
            (899, [.restore: 500], 1), (nil, [.restore: 500], 1), (1001, [.restore: 500], 1),
            (950, [:], 1), (950, [.restore: -1], 1), (950, [.scrub: 990], 1), (nil, [:], 2),
        ]
        for (backup, drills, count) in cases {
            let found = rule.overdue(now: 1000, newestBackup: backup, newestDrill: drills)
            #expect(found.count == count, "\(found)")
            let error = #expect(throws: BackupError.self) {
                try rule.check(now: 1000, newestBackup: backup, newestDrill: drills)
            }
            #expect(error?.exitCode == 25)
        }
    }

    @Test func runsThatWereMissedAreCounted() {
        func due(_ last: Int64, _ now: Int64) -> [Int64] {
            MissedRun.between(last: last, now: now, every: 10, grace: 2, level: .restore)
                .map(\.due)
        }
        #expect(due(0, 0).isEmpty && due(0, 12).isEmpty && due(0, 5).isEmpty && due(50, 0).isEmpty)
        #expect(due(0, 13) == [10])
        #expect(due(0, 22) == [10])
        #expect(due(0, 23) == [10, 20])
        #expect(due(5, 38) == [15, 25, 35])
    }

    @Test func manyMissedRunsShareTheLastLine() {
        let runs = MissedRun.between(
            last: 0, now: 10_000, every: 10, grace: 0, level: .scrub)
        #expect(runs.count == 366)
        #expect(runs.reduce(0) { $0 + $1.count } == 999)
        #expect(runs.last?.due == 3660 && runs.last?.count == 634)
        #expect(runs.allSatisfy { $0.level == .scrub })
    }
}
