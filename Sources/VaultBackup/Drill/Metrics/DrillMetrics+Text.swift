extension DrillMetrics {
    /// In the Prometheus text format: always the same order.
    public var text: String {
        var metrics = MetricsText()
        metrics.time(
            "vault_backup_last_success_timestamp_seconds", "When the last backup succeeded.",
            milliseconds: backupLastSuccess)
        metrics.time(
            "vault_backup_last_attempt_timestamp_seconds", "When the last backup was tried.",
            milliseconds: backupLastAttempt)
        metrics.number(
            "vault_backup_last_status", "Exit status of the last backup.", backupLastStatus)
        metrics.number(
            "vault_backup_last_revision", "Newest revision in a backup.", backupLastRevision)
        metrics.number("vault_live_revision", "Newest revision of the vault.", liveRevision)
        metrics.number(
            "vault_rpo_seconds", "What would be lost, in time.", recoveryPointSeconds)
        metrics.number(
            "vault_rpo_revisions", "What would be lost, in revisions.", recoveryPointRevisions)
        metrics.number(
            "vault_rpo_worst_gap_seconds", "Longest time between two backups that are kept.",
            worstGapSeconds)
        metrics.number(
            "vault_scrub_oldest_unverified_seconds", "Age of the oldest check of an archive.",
            scrubOldestUnverifiedSeconds)
        writeDrills(to: &metrics)
        metrics.family(
            "vault_recovery_key_last_proven_timestamp_seconds", "When a key last opened a backup.",
            keyLastProven.sorted { $0.key < $1.key }.map {
                (MetricsText.labels(("key_id", $0.key)), MetricsText.seconds($0.value))
            })
        metrics.family(
            "vault_findings_open", "Findings that are not fixed.",
            FindingSeverity.allCases.compactMap { severity in
                findingsOpen[severity].map {
                    (MetricsText.labels(("severity", severity.rawValue)), String($0))
                }
            })
        metrics.number("vault_repo_free_bytes", "Room left for backups.", freeBytes)
        metrics.time(
            "vault_prune_last_success_timestamp_seconds", "When a prune last succeeded.",
            milliseconds: pruneLastSuccess)
        metrics.number(
            "vault_backup_reader_age_seconds", "How long a backup has been reading.",
            readerAgeSeconds)
        return metrics.text
    }

    private func writeDrills(to metrics: inout MetricsText) {
        metrics.family(
            "vault_drill_last_success_timestamp_seconds", "When a drill last passed.",
            DrillLevel.allCases.compactMap { level in
                drillLastSuccess[level].map {
                    (MetricsText.labels(("level", level.rawValue)), MetricsText.seconds($0))
                }
            })
        metrics.family(
            "vault_drill_last_exit_code", "Exit status of the last drill.",
            DrillLevel.allCases.compactMap { level in
                drillLastExit[level].map {
                    (MetricsText.labels(("level", level.rawValue)), String($0))
                }
            })
        metrics.family(
            "vault_drill_rto_seconds", "Time of the last restore, by phase.",
            recoveryTime.map {
                (MetricsText.labels(("phase", $0.name)), MetricsText.seconds($0.milliseconds))
            })
        metrics.number(
            "vault_drill_negative_detected", "Broken backups that were noticed.",
            negativeDetected)
        metrics.number(
            "vault_drill_negative_total", "Broken backups that were tried.", negativeTotal)
    }
}
