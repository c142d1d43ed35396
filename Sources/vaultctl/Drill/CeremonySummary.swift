import VaultBackup

/// What a ceremony leaves on paper: what was shown, and room for those who saw it to sign.
struct CeremonySummary {
    let report: DrillReport
    /// The last line of the ledger; nil without one.
    let head: LedgerHead?

    var text: String {
        var fields = FieldList()
        fields.add("result", result)
        if let backup = report.backup {
            fields.add("vault", backup.storeID)
            fields.add(
                "backup",
                "number \(backup.sequence), up to revision \(backup.lastRevision), "
                    + "\(Quantity.bytes(backup.byteCount)) in "
                    + Quantity.count(Int64(backup.archiveCount), "archive"))
        }
        if let keys = report.keys {
            fields.add("key", keys.openedWith)
            fields.add("", "would open too: \(keys.wouldOpen.joined(separator: ", "))")
        }
        if let held = report.ceremony {
            fields.add("key here", "after \(Quantity.seconds(held.keyMilliseconds / 1_000))")
        }
        if let rto = report.rto {
            fields.add(
                "restored",
                "\(rto.totalMilliseconds) ms to the first read, \(rto.targetMilliseconds) are "
                    + "allowed")
        }
        let passed = report.cases.count { $0.exit == 0 }
        fields.add("steps", "\(passed) of \(report.cases.count) passed")
        fields.add(
            "when", "\(Quantity.time(report.started)) to \(Quantity.time(report.ended)) (UTC)")
        fields.add("where", "\(TerminalText.escaped(report.host.utf8)), vaultctl \(report.binary)")
        fields.add("ledger", head.map { "line \($0.sequence), \($0.hash)" } ?? "not written down")
        fields.add(
            "author",
            report.ceremony?.isAuthorPresent == true
                ? "an author of the runbook was there" : "no author of the runbook was there")
        return "Proof of the offline key\n\n" + fields.rendered() + "\n" + signatures
    }

    private var result: String {
        guard report.exit != 0 else { return "pass: the key restores this backup" }
        return "\(report.verdict), exit \(report.exit): "
            + TerminalText.escaped((report.reasons.first ?? "see the report").utf8)
    }

    private var signatures: String {
        let names = report.ceremony?.operators ?? []
        let width = max(names.map(\.count).max() ?? 0, 12)
        return "We were there:\n"
            + names.reduce(into: "") { text, name in
                let padding = String(repeating: " ", count: width - name.count)
                text +=
                    "\n\(TerminalText.escaped(name.utf8))\(padding)  "
                    + "______________________________  date ______________\n"
            }
    }
}
