import Testing
import VaultTestSupport

@testable import VaultBackup

/// The numbers for Prometheus.
@Suite struct DrillMetricsTests {
    @Test func theTextIsTheOneThatTheDocumentsPromise() {
        var metrics = DrillMetrics()
        metrics.backupLastSuccess = 1500
        metrics.backupLastAttempt = 2000
        metrics.backupLastStatus = 20
        metrics.drillLastSuccess = [.restore: 1000]
        metrics.drillLastExit = [.hostile: 19, .restore: 0]
        metrics.recoveryTime = [.init("load", milliseconds: 1480)]
        metrics.keyLastProven = ["of\"f\\line\n": 7]
        metrics.findingsOpen = [.high: 2, .medium: 0]
        metrics.freeBytes = 12345
        #expect(
            metrics.text == """
                # HELP vault_backup_last_success_timestamp_seconds When the last backup succeeded.
                # TYPE vault_backup_last_success_timestamp_seconds gauge
                vault_backup_last_success_timestamp_seconds 1.500
                # HELP vault_backup_last_attempt_timestamp_seconds When the last backup was tried.
                # TYPE vault_backup_last_attempt_timestamp_seconds gauge
                vault_backup_last_attempt_timestamp_seconds 2.000
                # HELP vault_backup_last_status Exit status of the last backup.
                # TYPE vault_backup_last_status gauge
                vault_backup_last_status 20
                # HELP vault_drill_last_success_timestamp_seconds When a drill last passed.
                # TYPE vault_drill_last_success_timestamp_seconds gauge
                vault_drill_last_success_timestamp_seconds{level="D1"} 1.000
                # HELP vault_drill_last_exit_code Exit status of the last drill.
                # TYPE vault_drill_last_exit_code gauge
                vault_drill_last_exit_code{level="D1"} 0
                vault_drill_last_exit_code{level="D2"} 19
                # HELP vault_drill_rto_seconds Time of the last restore, by phase.
                # TYPE vault_drill_rto_seconds gauge
                vault_drill_rto_seconds{phase="load"} 1.480
                # HELP vault_recovery_key_last_proven_timestamp_seconds When a key last opened a \
                backup.
                # TYPE vault_recovery_key_last_proven_timestamp_seconds gauge
                vault_recovery_key_last_proven_timestamp_seconds{key_id="of\\"f\\\\line\\n"} 0.007
                # HELP vault_findings_open Findings that are not fixed.
                # TYPE vault_findings_open gauge
                vault_findings_open{severity="medium"} 0
                vault_findings_open{severity="high"} 2
                # HELP vault_repo_free_bytes Room left for backups.
                # TYPE vault_repo_free_bytes gauge
                vault_repo_free_bytes 12345

                """)
        #expect(DrillMetrics().text.isEmpty)
    }

    @Test func aLedgerFillsWhatItKnows() {
        let bodies: [LedgerBody] = [
            .drill(Reports.full(1)), .drill(Reports.full(2, exit: 17)),
        ]
        let state = LedgerState(
            bodies.map { LedgerLine(sequence: 1, time: 1, body: $0) })
        let metrics = DrillMetrics(state)
        // Last success and last status: the drill after the good one failed.
        #expect(metrics.drillLastSuccess == [.hostile: Reports.full(1).ended])
        #expect(metrics.drillLastExit == [.hostile: 17])
        #expect(metrics.negativeDetected == 31 && metrics.negativeTotal == 31)
        #expect(metrics.recoveryTime.map(\.name) == ["locate", "load", "total"])
        #expect(metrics.keyLastProven == ["offline": Reports.time])
        #expect(metrics.recoveryPointSeconds == 226)
        #expect(metrics.worstGapSeconds == 3600)
    }

    @Test func everyMetricOfTheContractHasALine() {
        var metrics = DrillMetrics(LedgerState())
        metrics.backupLastSuccess = 1
        metrics.backupLastAttempt = 1
        metrics.backupLastStatus = 1
        metrics.backupLastRevision = 1
        metrics.liveRevision = 1
        metrics.recoveryPointSeconds = 1
        metrics.recoveryPointRevisions = 1
        metrics.worstGapSeconds = 1
        metrics.scrubOldestUnverifiedSeconds = 1
        metrics.drillLastSuccess = [.restore: 1]
        metrics.drillLastExit = [.restore: 1]
        metrics.recoveryTime = [.init("a", milliseconds: 1)]
        metrics.negativeDetected = 1
        metrics.negativeTotal = 1
        metrics.keyLastProven = ["a": 1]
        metrics.freeBytes = 1
        metrics.pruneLastSuccess = 1
        metrics.readerAgeSeconds = 1
        let families = metrics.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(families.count == 19)
        #expect(Set(families).count == 19)
    }

    @Test func theFileIsReplacedWhole() throws {
        let directory = try TemporaryDirectory()
        let files = try DirectoryFiles.open(directory.path)
        var metrics = DrillMetrics()
        for number in [1, 2] as [Int64] {
            metrics.freeBytes = number
            try metrics.write(to: "vault.prom", in: files)
        }
        #expect(try Files.names(in: directory.path) == ["vault.prom"])
        #expect(try Files.text(directory.file("vault.prom")).hasSuffix("bytes 2\n"))
    }
}
