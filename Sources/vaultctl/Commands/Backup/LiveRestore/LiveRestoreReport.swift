import VaultBackup

/// What a restore into a running vault found, and did.
struct LiveRestoreReport {
    let options: LiveRestoreOptions
    let prefix: [UInt8]
    let revision: Int64
    let differences: [KeyDifference]
    let unchanged: Int64
    var tally = LiveRestoreTally()

    /// Keys that are written, or would be.
    var plannedCount: Int64 {
        Int64(differences.count { $0.kind != .newer || options.deleteNewer })
    }

    /// What is done about a difference.
    private func word(_ kind: KeyDifference.Kind) -> String {
        switch kind {
        case .missing: "create"
        case .changed: "change"
        case .newer: options.deleteNewer ? "delete" : "keep"
        }
    }

    private func count(_ kind: KeyDifference.Kind) -> Int64 {
        Int64(differences.count { $0.kind == kind })
    }

    func writeDifferences(to output: inout StandardOutput) throws(CommandFailure) {
        guard !differences.isEmpty else { return }
        let rows = differences.map { [word($0.kind), TerminalText.escaped($0.key)] }
        var table = Table([.init(title: "CHANGE"), .init(title: "KEY")])
        try output.write(table.rendered(rows) + "\n")
    }

    /// For people.
    func fields() -> String {
        var fields = FieldList()
        let keys = KeyRange(prefix: prefix).shown
        fields.add("keys", "\(keys), as of revision \(revision)")
        if options.dryRun {
            let deletions = options.deleteNewer ? count(.newer) : 0
            fields.add(
                "would",
                "create \(count(.missing)), change \(count(.changed)), delete \(deletions)")
        } else {
            fields.add("created", "\(tally.created)")
            fields.add("changed", "\(tally.changed)")
            fields.add("deleted", "\(tally.deleted)")
        }
        fields.add("unchanged", "\(unchanged)")
        if !options.deleteNewer, count(.newer) > 0 {
            fields.add(
                "kept", "\(count(.newer)) that did not exist then; --delete-newer deletes them")
        }
        if tally.withoutLease > 0 {
            fields.add(
                "leases",
                "\(Quantity.count(tally.withoutLease, "key")) hung on a lease that is over, and "
                    + "came back without")
        }
        if !tally.conflicts.isEmpty {
            let names = tally.conflicts.sorted { $0.lexicographicallyPrecedes($1) }
            for (index, key) in names.enumerated() {
                fields.add(index == 0 ? "conflicts" : "", TerminalText.escaped(key))
            }
        }
        if tally.firstRevision > 0 {
            let isOne = tally.firstRevision == tally.lastRevision
            fields.add(
                "revision",
                isOne ? "\(tally.firstRevision)" : "\(tally.firstRevision)-\(tally.lastRevision)")
        }
        return fields.rendered()
    }

    /// For programs.
    func json() -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.field("prefix", bytes: prefix, encodingField: "prefix_encoding")
            json.field("restored_revision", revision)
            json.field("dry_run", options.dryRun)
            json.field("created", tally.created)
            json.field("changed", tally.changed)
            json.field("deleted", tally.deleted)
            json.field("unchanged", unchanged)
            json.field("newer", count(.newer))
            json.field("without_lease", tally.withoutLease)
            json.field("first_revision", tally.firstRevision)
            json.field("last_revision", tally.lastRevision)
            json.field("changes") { json in
                for difference in differences {
                    json.object {
                        $0.field("key", bytes: difference.key, encodingField: "key_encoding")
                        $0.field("change", word(difference.kind))
                        $0.field("conflict", tally.conflicts.contains(difference.key))
                    }
                }
            }
        }
        return json
    }
}
