@testable import VaultBackup

/// Reports for the tests.
enum Reports {
    /// 2026-11-25T03:00:00Z.
    static let time: Int64 = 1_795_575_600_000
    static let day: Int64 = 86_400_000

    /// A report with something in every field.
    static func full(_ number: Int = 1, exit: Int32 = 0) -> DrillReport {
        var report = DrillReport()
        report.id = "drill-\(number)"
        report.level = .hostile
        report.seed = 7321
        report.started = time + Int64(number) * day
        report.ended = report.started + 4000
        report.host = "drill-host"
        report.binary = "1.4.2+sha"
        report.trigger = "timer"
        var backup = DrillReport.Backup()
        backup.id = String(repeating: "ab", count: 16)
        backup.storeID = String(repeating: "cd", count: 16)
        backup.digest = "digest-\(number)"
        backup.sequence = UInt64(900 + number)
        backup.timeline = 3
        backup.lastRevision = 88412
        backup.byteCount = 104_857_600
        backup.archiveCount = 37
        backup.signers = [String(repeating: "ef", count: 32)]
        backup.selection = "RANDOM_WITHIN_WINDOW"
        report.backup = backup
        report.live = DrillReport.Live()
        report.live?.isUntouched = true
        report.rpo = DrillReport.RecoveryPoint()
        report.rpo?.seconds = 212 + Int64(number) * 7
        report.rpo?.targetSeconds = 900
        report.rpo?.worstGapSeconds = 3600
        report.rto = DrillReport.RecoveryTime()
        report.rto?.totalMilliseconds = 2310 + Int64(number % 5) * 150
        report.rto?.targetMilliseconds = 60000
        report.rto?.phases = [.init("locate", milliseconds: 4), .init("load", milliseconds: 1480)]
        report.counts = DrillReport.Counts()
        report.counts?.records = 200_000
        report.counts?.areEqual = true
        report.stateHash = DrillReport.StateHashes()
        report.stateHash?.areEqual = true
        report.keys = DrillReport.Keys()
        report.keys?.openedWith = "drill-2026"
        report.keys?.wouldOpen = ["offline-A", "offline-B"]
        report.keys?.offlineLastProven = time
        report.policy = DrillReport.Policy()
        report.policy?.cases = 1240
        report.audit = DrillReport.Audit()
        report.audit?.isChainWhole = true
        report.resurrected = DrillReport.Resurrection()
        var fault = DrillReport.Fault()
        (fault.control, fault.points, fault.survived) = ("N14", 20, 20)
        report.faults = [fault]
        report.stagingRemoved = true
        report.cases = [DrillCase("state-hash", seed: 0, exit: exit)]
        report.negative.run = 31
        report.negative.detected = 31
        report.verdict = exit == 0 ? "pass" : "fail"
        report.exit = exit
        return report
    }
}
