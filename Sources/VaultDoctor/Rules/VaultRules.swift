/// How a vault should be set up so that it is neither opened by others nor lost.
public enum VaultRules {
    public static func findings(_ facts: VaultFacts) -> [Finding] {
        guard facts.isInitialized else {
            return [
                Finding(
                    "initialised", .warning, "the vault has no keys yet",
                    fix: "vaultctl init")
            ]
        }
        if facts.isDevelopment {
            return [
                Finding("development", .info, "a throw-away vault: all is gone when it stops")
            ] + storage(facts) + audit(facts) + space(facts)
        }
        return slots(facts) + storage(facts) + audit(facts) + space(facts) + dataKeys(facts)
            + [backups(facts)] + quarantine(facts)
    }

    private static func slots(_ facts: VaultFacts) -> [Finding] {
        var findings = [recovery(facts)]
        if facts.slots.count < 2 {
            findings.append(
                Finding(
                    "slots", .warning, "one slot alone opens the vault: without it, all is lost",
                    fix: "add another with 'vaultctl keyslot add'"))
        } else {
            findings.append(Finding("slots", .ok, "\(facts.slots.count) slots open the vault"))
        }
        // libsodium's "moderate".
        let cheap = facts.slots.filter { ($0.passphraseMebibytes ?? .max) < 256 }
        if let slot = cheap.first {
            findings.append(
                Finding(
                    "passphrase-cost", .warning,
                    "the passphrase of slot \(slot.id) can be guessed cheaply "
                        + "(\(slot.passphraseMebibytes ?? 0) MiB a guess, 256 are usual)",
                    fix: "raise passphrase_memory_mib and replace the slot"))
        } else if facts.slots.contains(where: { $0.kind == "passphrase" }) {
            findings.append(
                Finding("passphrase-cost", .ok, "guessing the passphrase is expensive"))
        }
        return findings
    }

    private static func recovery(_ facts: VaultFacts) -> Finding {
        guard facts.slots.contains(where: \.survivesMachine) else {
            return Finding(
                "recovery-slot", .warning,
                "no slot survives the machine: a key file that was on it alone is lost with it",
                fix: "add shares, a recovery key or a passphrase with 'vaultctl keyslot add'")
        }
        return Finding("recovery-slot", .ok, "a slot opens the vault when the machine is lost")
    }

    private static func storage(_ facts: VaultFacts) -> [Finding] {
        guard !facts.storeTrouble.isEmpty else { return [] }
        return [
            Finding(
                "storage", .critical, "nothing can be written, reads go on",
                fix: facts.storeTrouble)
        ]
    }

    private static func audit(_ facts: VaultFacts) -> [Finding] {
        let state =
            facts.auditTrouble.isEmpty
            ? Finding("audit", .ok, "requests are written to the audit log")
            : Finding(
                "audit", .critical, "requests are refused: the audit log cannot be kept",
                fix: facts.auditTrouble)
        let sync: Finding =
            switch facts.auditSync {
            case .each: Finding("audit-sync", .ok, "audit lines are on the disk before answers")
            case .interval:
                Finding("audit-sync", .ok, "audit lines reach the disk after a moment")
            case .never:
                Finding(
                    "audit-sync", .warning,
                    "audit lines reach the disk when the kernel likes: a power cut loses them",
                    fix: "audit_sync: \"1s\" or \"each\"")
            }
        let names =
            facts.auditNamesKeys
            ? Finding(
                "audit-names", .info, "the audit log has the names of keys in the clear",
                fix: "audit_key_names: hashed, if the log's readers shall not know them")
            : Finding("audit-names", .ok, "the audit log has no names of keys in the clear")
        return [state, sync, names]
    }

    private static func space(_ facts: VaultFacts) -> [Finding] {
        var findings: [Finding] = []
        if !facts.alarms.isEmpty {
            findings.append(
                Finding(
                    "alarms", .critical, "alarms: \(facts.alarms.joined(separator: ", "))",
                    fix: facts.alarms.contains("CORRUPT")
                        ? "restore a backup, or look at 'vaultctl verify'"
                        : "compact, defragment, then 'etcdctl alarm disarm'"))
        } else {
            findings.append(Finding("alarms", .ok, "no alarms"))
        }
        guard !facts.isSealed else { return findings }
        guard facts.quotaBytes > 0 else {
            findings.append(Finding("quota", .info, "records may take the whole disk: no quota"))
            return findings
        }
        let percent = facts.usedBytes / max(1, facts.quotaBytes / 100)
        findings.append(
            percent >= 90
                ? Finding(
                    "quota", .warning, "records take \(percent) % of the quota",
                    fix: "compact and defragment, or raise quota_bytes")
                : Finding("quota", .ok, "records take \(percent) % of the quota"))
        return findings
    }

    private static func dataKeys(_ facts: VaultFacts) -> [Finding] {
        var findings: [Finding] = []
        if let age = facts.dataKeyAge {
            let days = age / 86_400
            findings.append(
                days > 365
                    ? Finding(
                        "data-key-age", .warning,
                        "records are sealed under a key that is \(days) days old",
                        fix: "vaultctl rotate, then vaultctl rewrap")
                    : Finding("data-key-age", .ok, "the data key is \(days) days old"))
        }
        if let records = facts.recordsUnderOldKeys {
            findings.append(
                records > 0
                    ? Finding(
                        "rewrap", .info, "\(records) records are sealed under older keys",
                        fix: "vaultctl rewrap")
                    : Finding("rewrap", .ok, "all records are sealed under the newest key"))
        }
        return findings
    }

    /// A day, and two hours for a timer that is late.
    private static let backupAgeMax: Int64 = 26 * 3_600

    private static func backups(_ facts: VaultFacts) -> Finding {
        guard let age = facts.backupAge else {
            return Finding(
                "backups", .info, "no backup was ever made",
                fix: "vaultctl backup create --directory DIR, from a timer; then a drill")
        }
        let hours = age / 3_600
        guard age <= backupAgeMax else {
            return Finding(
                "backups", .warning, "the newest backup is \(hours) hours old",
                fix: "look at the timer vault-backup.timer, and run it by hand")
        }
        return Finding("backups", .ok, "the newest backup is \(hours) hours old")
    }

    private static func quarantine(_ facts: VaultFacts) -> [Finding] {
        guard facts.isQuarantined else { return [] }
        return [
            Finding(
                "quarantine", .warning, "the vault was restored and nobody has accepted it",
                fix: "look at it, then 'vaultctl accept'")
        ]
    }
}
