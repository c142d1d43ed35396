extension DrillMetrics {
    /// The Prometheus text format, version 0.0.4: always the same order.
    public var text: String {
        var text = ""
        func family(_ name: String, _ help: String, _ samples: [(String, String)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for (labels, value) in samples { text += "\(name)\(labels) \(value)\n" }
        }
        func one(_ value: (some BinaryInteger)?) -> [(String, String)] {
            value.map { [("", String($0))] } ?? []
        }
        func time(_ value: Int64?) -> [(String, String)] {
            value.map { [("", Self.seconds($0))] } ?? []
        }
        family(
            "vault_backup_last_success_timestamp_seconds", "When the last backup succeeded.",
            time(backupLastSuccess))
        family(
            "vault_backup_last_attempt_timestamp_seconds", "When the last backup was tried.",
            time(backupLastAttempt))
        family(
            "vault_backup_last_status", "Exit status of the last backup.", one(backupLastStatus))
        family(
            "vault_backup_last_revision", "Newest revision in a backup.", one(backupLastRevision))
        family("vault_live_revision", "Newest revision of the vault.", one(liveRevision))
        family("vault_rpo_seconds", "What would be lost, in time.", one(recoveryPointSeconds))
        family(
            "vault_rpo_revisions", "What would be lost, in revisions.",
            one(recoveryPointRevisions))
        family(
            "vault_scrub_oldest_unverified_seconds", "Age of the oldest check of an archive.",
            one(scrubOldestUnverifiedSeconds))
        family(
            "vault_drill_last_success_timestamp_seconds", "When a drill last passed.",
            DrillLevel.allCases.compactMap { level in
                drillLastSuccess[level].map {
                    (Self.label("level", level.rawValue), Self.seconds($0))
                }
            })
        family(
            "vault_drill_last_exit_code", "Exit status of the last drill.",
            DrillLevel.allCases.compactMap { level in
                drillLastExit[level].map { (Self.label("level", level.rawValue), String($0)) }
            })
        family(
            "vault_drill_rto_seconds", "Time of the last restore, by phase.",
            recoveryTime.map { (Self.label("phase", $0.name), Self.seconds($0.milliseconds)) })
        family(
            "vault_drill_negative_detected", "Broken backups that were noticed.",
            one(negativeDetected))
        family(
            "vault_drill_negative_total", "Broken backups that were tried.", one(negativeTotal))
        family(
            "vault_recovery_key_last_proven_timestamp_seconds", "When a key last opened a backup.",
            keyLastProven.sorted { $0.key < $1.key }.map {
                (Self.label("key_id", $0.key), Self.seconds($0.value))
            })
        family(
            "vault_findings_open", "Findings that are not fixed.",
            FindingSeverity.allCases.compactMap { severity in
                findingsOpen[severity].map {
                    (Self.label("severity", severity.rawValue), String($0))
                }
            })
        family("vault_repo_free_bytes", "Room left for backups.", one(freeBytes))
        family(
            "vault_prune_last_success_timestamp_seconds", "When a prune last succeeded.",
            time(pruneLastSuccess))
        family(
            "vault_backup_reader_age_seconds", "How long a backup has been reading.",
            one(readerAgeSeconds))
        return text
    }

    /// 1500 ms -> 1.500
    private static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(whole)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    private static func label(_ name: String, _ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "{\(name)=\"\(escaped)\"}"
    }
}
