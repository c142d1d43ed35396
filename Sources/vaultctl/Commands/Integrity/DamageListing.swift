import VaultAPI

/// A report of damage for people and for programs.
enum DamageListing {
    static func isClean(_ report: Vault_V1_DamageReport) -> Bool {
        report.stateHashMatches && report.damage.isEmpty && report.more == 0
    }

    static func table(_ report: Vault_V1_DamageReport) -> String {
        var text = ""
        if !report.damage.isEmpty {
            var table = Table([
                Table.Column(title: "REVISION", alignment: .right),
                Table.Column(title: "DAMAGE"), Table.Column(title: "WHAT"),
            ])
            text += table.rendered(
                report.damage.map { damage in
                    [
                        place(damage), TerminalText.escaped(damage.kind.utf8),
                        TerminalText.escaped(damage.what.utf8),
                    ]
                })
            text += "\n"
        }
        var fields = FieldList()
        fields.add("revision", "\(report.revision)")
        fields.add("records", "\(report.records) verify")
        fields.add(
            "state",
            report.stateHashMatches
                ? "they add up to what was written" : "they do not add up to what was written")
        fields.add("result", result(report))
        return text + fields.rendered()
    }

    private static func result(_ report: Vault_V1_DamageReport) -> String {
        guard !isClean(report) else { return "as it was written" }
        let count = UInt64(report.damage.count) + report.more
        let text = "damaged in \(Quantity.count(Int64(clamping: count), "place"))"
        return report.more > 0 ? "\(text), of which \(report.more) are not listed" : text
    }

    /// Of a record `17.0`; nothing for what is none.
    private static func place(_ damage: Vault_V1_Damage) -> String {
        damage.revision == 0 ? "-" : "\(damage.revision).\(damage.subRevision)"
    }

    static func write(_ report: Vault_V1_DamageReport, to json: inout JSONWriter) {
        json.object { json in
            json.field("intact", isClean(report))
            json.field("revision", report.revision)
            json.field("records", report.records)
            json.field("state_hash_matches", report.stateHashMatches)
            json.field("damage") { json in
                for damage in report.damage {
                    json.object {
                        $0.field("kind", damage.kind)
                        $0.field("revision", damage.revision)
                        $0.field("sub_revision", damage.subRevision)
                        $0.field("what", damage.what)
                    }
                }
            }
            json.field("more", report.more)
        }
    }
}
