import RPC
import VaultBackup
import VaultStore

/// What monitoring may know of a running vault: numbers, and no name of a key.
struct VaultMetrics {
    var version: String
    /// Milliseconds since 1970.
    var startTime: Int64
    var now: Int64
    var isInitialized: Bool
    /// nil while sealed.
    var store: StoreStatus?
    var watcherCount: Int?
    var leaseCount: Int?
    var damage: Bool
    var calls: [CallCounters.Sum] = []
    /// The audit log: whether requests can be written down, and the number of its last line.
    var auditWrites: Bool?
    var auditSequence: UInt64?

    var text: String {
        var metrics = MetricsText()
        metrics.family(
            "vault_info", "The running version.",
            [(MetricsText.labels(("version", version)), "1")])
        metrics.time(
            "vault_start_time_seconds", "When the daemon was started.", milliseconds: startTime)
        metrics.flag("vault_initialized", "Whether there is a vault.", isInitialized)
        metrics.flag("vault_sealed", "Whether the vault has no keys now.", store == nil)
        metrics.flag("vault_damaged", "Whether damage was found.", damage)
        if let store { write(store, to: &metrics) }
        metrics.number("vault_watchers", "Open watchers.", watcherCount)
        metrics.number("vault_leases", "Leases that have not ended.", leaseCount)
        if let auditWrites {
            metrics.flag(
                "vault_audit_writable", "Whether requests can be written down.", auditWrites)
        }
        metrics.number(
            "vault_audit_lines_total", "Lines of the audit log, ever.", kind: .counter,
            auditSequence)
        metrics.family(
            "vault_requests_total", "Requests that were answered, by method and code.",
            kind: .counter,
            calls.map {
                (
                    MetricsText.labels(("method", $0.method), ("code", $0.code.name)),
                    String($0.count)
                )
            })
        return metrics.text + backups.text
    }

    private func write(_ store: StoreStatus, to metrics: inout MetricsText) {
        metrics.number(
            "vault_compact_revision", "Older revisions are forgotten.",
            max(store.compactRevision.rawValue, 0))
        metrics.number("vault_keys", "Keys that exist.", store.keyCount)
        metrics.number("vault_records", "Records in the log.", store.recordCount)
        metrics.number("vault_database_file_bytes", "Size of the file.", store.fileBytes)
        metrics.number("vault_database_used_bytes", "What of it is in use.", store.usedBytes)
        metrics.number("vault_database_quota_bytes", "What may be in use.", store.quotaBytes)
        let kinds = Set(store.alarms.map(\.kind))
        metrics.family(
            "vault_alarm", "Alarms that are raised.",
            [
                (
                    MetricsText.labels(("kind", "NOSPACE")),
                    store.noSpace || kinds.contains(.noSpace) ? "1" : "0"
                ),
                (
                    MetricsText.labels(("kind", "CORRUPT")),
                    damage || kinds.contains(.corrupt) ? "1" : "0"
                ),
            ])
        metrics.flag(
            "vault_storage_failed", "Whether the file failed: nothing is written until a restart.",
            store.failure != nil)
        metrics.flag("vault_read_only", "Whether nothing can be changed.", store.isReadOnly)
        metrics.flag(
            "vault_quarantined", "Whether it was restored and nobody has accepted it.",
            store.quarantinedSince != nil)
        metrics.number(
            "vault_backup_sequence", "Archives that were made, ever.", store.backups?.sequence ?? 0)
        metrics.number(
            "vault_backup_confirmed_sequence", "The newest archive that lies on a disk.",
            store.backups?.confirmedSequence ?? 0)
    }

    /// Under the names that the file of a host's backups and drills has, too.
    private var backups: DrillMetrics {
        var metrics = DrillMetrics()
        guard let store else { return metrics }
        let revision = store.revision.rawValue
        metrics.liveRevision = revision
        guard let mark = store.backups, mark.confirmedSequence > 0 else { return metrics }
        metrics.backupLastSuccess = mark.confirmedTime
        metrics.backupLastRevision = mark.confirmedRevision
        metrics.recoveryPointRevisions = max(revision - mark.confirmedRevision, 0)
        // The first change after the archive may be younger: never less than what would be lost.
        metrics.recoveryPointSeconds =
            revision > mark.confirmedRevision ? max(now - mark.confirmedTime, 0) / 1_000 : 0
        return metrics
    }
}

extension StatusCode {
    /// gRPC's name of it.
    fileprivate var name: String {
        let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
            "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
            "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
            "UNAUTHENTICATED",
        ]
        return names.indices.contains(rawValue) ? names[rawValue] : "UNKNOWN"
    }
}
