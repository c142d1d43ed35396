import RPC
import Testing
import VaultBackup

@testable import VaultServer
@testable import VaultStore

/// What monitoring reads.
@Suite struct VaultMetricsTests {
    private func metrics(_ store: StoreStatus?) -> VaultMetrics {
        VaultMetrics(
            version: "1", startTime: 1_500, now: 100_000, isInitialized: true, store: store,
            damage: false)
    }

    private func lines(_ metrics: VaultMetrics) -> [String] {
        metrics.text.split(separator: "\n").map(String.init)
    }

    private func store(confirmed: Int64?) -> StoreStatus {
        var mark = BackupMark(sequence: 4, digest: [UInt8](repeating: 1, count: 32))
        if let confirmed {
            mark.confirmedSequence = 3
            mark.confirmedRevision = confirmed
            mark.confirmedTime = 40_000
        }
        return StoreStatus(
            revision: Revision(20), compactRevision: .none, keyCount: 2, recordCount: 3,
            fileBytes: 4, usedBytes: 5, quotaBytes: 6, noSpace: false, isReadOnly: false,
            alarms: [], quarantinedSince: nil, backups: mark)
    }

    @Test func aSealedVaultSaysThatAndNoNumberOfItsStore() {
        let lines = lines(metrics(nil))
        #expect(lines.contains("vault_sealed 1"))
        #expect(lines.contains("vault_start_time_seconds 1.500"))
        #expect(!lines.contains { $0.hasPrefix("vault_keys") || $0.hasPrefix("vault_live") })
    }

    @Test func aFileThatFailedIsANumber() {
        var store = store(confirmed: nil)
        #expect(lines(metrics(store)).contains("vault_storage_failed 0"))
        store.failure = .storage("Input/output error")
        #expect(lines(metrics(store)).contains("vault_storage_failed 1"))
    }

    @Test func whatWouldBeLostIsToldInRevisionsAndTime() {
        let behind = lines(metrics(store(confirmed: 15)))
        #expect(behind.contains("vault_rpo_revisions 5"))
        #expect(behind.contains("vault_rpo_seconds 60"))
        #expect(behind.contains("vault_backup_last_success_timestamp_seconds 40.000"))
        let current = lines(metrics(store(confirmed: 20)))
        #expect(current.contains("vault_rpo_revisions 0"))
        #expect(current.contains("vault_rpo_seconds 0"))
    }

    /// Nothing is told, rather than a zero that looks like success.
    @Test func aVaultWithoutABackupHasNoAgeOfOne() {
        let lines = lines(metrics(store(confirmed: nil)))
        #expect(lines.contains("vault_backup_sequence 4"))
        #expect(!lines.contains { $0.hasPrefix("vault_rpo") })
        #expect(!lines.contains { $0.hasPrefix("vault_backup_last") })
    }

    @Test func everyFamilyIsDescribedOnceAndBeforeItsSamples() {
        var metrics = metrics(store(confirmed: 15))
        metrics.calls = [
            .init(method: "a.A/One", code: .ok, count: 3),
            .init(method: "a.A/One", code: .unauthenticated, count: 1),
        ]
        var described: [Substring] = []
        for line in lines(metrics) where !line.hasPrefix("# HELP") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE") {
                #expect(!described.contains(words[2]), "\(line)")
                described.append(words[2])
            } else {
                #expect(described.last == line.prefix { $0 != "{" && $0 != " " }, "\(line)")
            }
        }
        #expect(
            lines(metrics).contains(
                "vault_requests_total{method=\"a.A/One\",code=\"UNAUTHENTICATED\"} 1"))
    }
}
