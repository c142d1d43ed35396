import VaultAPI

/// The status of a vault for people and for programs.
enum StatusReport {
    static func table(_ status: Vault_V1_StatusResponse) -> String {
        var fields = FieldList()
        fields.add("state", state(status))
        if status.initialized {
            let timeline = status.timeline > 0 ? ", timeline \(status.timeline)" : ""
            fields.add("store", TerminalText.escaped(status.storeID.utf8) + timeline)
        }
        fields.add("vaultd", process(status))
        if status.initialized && !status.sealed { addContents(of: status, to: &fields) }
        for (index, slot) in status.slots.enumerated() {
            fields.add(index == 0 ? "slots" : "", text(of: slot))
        }
        if status.hasShares { fields.add("shares", text(of: status.shares)) }
        for (index, alarm) in status.alarms.enumerated() {
            fields.add(index == 0 ? "alarms" : "", TerminalText.escaped(alarm.utf8))
        }
        if status.quarantinedSince > 0 {
            fields.add(
                "restored",
                Quantity.time(status.quarantinedSince)
                    + ", nothing ends or is removed before 'vaultctl accept'")
        }
        if status.initialized && !status.sealed && !status.dev {
            fields.add(
                "backup",
                status.backupTime == 0
                    ? "none yet: 'vaultctl backup create FILE'"
                    : "\(Quantity.time(status.backupTime)), up to revision \(status.backupRevision)"
            )
        }
        if !status.storeTrouble.isEmpty {
            fields.add("writes", "fail: \(TerminalText.escaped(status.storeTrouble.utf8))")
        }
        if !status.auditTrouble.isEmpty {
            let trouble = TerminalText.escaped(status.auditTrouble.utf8)
            fields.add("audit", "requests are refused: \(trouble)")
        }
        return fields.rendered()
    }

    static func write(_ status: Vault_V1_StatusResponse, to json: inout JSONWriter) {
        json.object { json in
            json.field("initialized", status.initialized)
            json.field("sealed", status.sealed)
            json.field("store_id", status.storeID)
            json.field("timeline", status.timeline)
            json.field("version", status.version)
            json.field("dev", status.dev)
            json.field("read_only", status.readOnly)
            json.field("pid", status.pid)
            json.field("uptime_seconds", status.uptimeSeconds)
            json.field("revision", status.revision)
            json.field("compact_revision", status.compactRevision)
            json.field("keys", status.keys)
            json.field("records", status.records)
            json.field("file_bytes", status.fileBytes)
            json.field("used_bytes", status.usedBytes)
            json.field("quota_bytes", status.quotaBytes)
            write(status.slots, to: &json)
            if status.hasShares {
                json.name("shares")
                json.object {
                    $0.field("set_id", status.shares.setID)
                    $0.field("given", status.shares.given)
                    $0.field("threshold", status.shares.threshold)
                }
            }
            json.field("alarms") { json in status.alarms.forEach { json.string($0) } }
            json.field("quarantined_since_ms", status.quarantinedSince)
            json.field("backup_time_ms", status.backupTime)
            json.field("backup_revision", status.backupRevision)
            write("audit_trouble", status.auditTrouble, to: &json)
            write("store_trouble", status.storeTrouble, to: &json)
        }
    }

    private static func write(_ name: String, _ trouble: String, to json: inout JSONWriter) {
        json.name(name)
        if trouble.isEmpty { json.null() } else { json.string(trouble) }
    }

    static func write(_ slots: [Vault_V1_Slot], to json: inout JSONWriter) {
        json.field("slots") { json in
            for slot in slots { write(slot, to: &json) }
        }
    }

    static func write(_ slot: Vault_V1_Slot, to json: inout JSONWriter) {
        json.object {
            $0.field("id", slot.id)
            $0.field("kind", slot.kind)
            $0.field("description", slot.description_p)
            $0.field("label", slot.label)
            $0.field("survives_machine", slot.survivesMachine)
        }
    }

    /// `2 of 3 shares, of set 0badcafe`.
    static func text(of shares: Vault_V1_ShareProgress) -> String {
        TerminalText.escaped(
            "\(shares.given) of \(shares.threshold) shares, of set \(shares.setID)".utf8)
    }

    /// `1 passphrase` and what else the vault says about the slot.
    static func text(of slot: Vault_V1_Slot) -> String {
        let description = slot.description_p.isEmpty ? "" : "  \(slot.description_p)"
        let label = slot.label.isEmpty ? "" : "  \(slot.label)"
        return TerminalText.escaped("\(slot.id) \(slot.kind)\(description)\(label)".utf8)
    }

    private static func state(_ status: Vault_V1_StatusResponse) -> String {
        let dev = status.dev ? " (throw-away vault)" : ""
        if !status.initialized { return "not initialised: create its keys with 'vaultctl init'" }
        if status.sealed { return "sealed: open it with 'vaultctl unseal'" }
        if status.readOnly { return "read-only: opened with damage accepted" + dev }
        return (status.storeTrouble.isEmpty ? "unsealed" : "unsealed: nothing can be written") + dev
    }

    private static func process(_ status: Vault_V1_StatusResponse) -> String {
        TerminalText.escaped(status.version.utf8)
            + ", process \(status.pid), up \(Quantity.seconds(status.uptimeSeconds))"
    }

    private static func addContents(
        of status: Vault_V1_StatusResponse, to fields: inout FieldList
    ) {
        let compacted =
            status.compactRevision > 0
            ? ", readable from \(status.compactRevision) on" : ""
        fields.add("revision", "\(status.revision)\(compacted)")
        let records = Quantity.count(status.records, "record")
        fields.add("keys", "\(status.keys), in \(records)")
        let quota = status.quotaBytes > 0 ? " of at most \(Quantity.bytes(status.quotaBytes))" : ""
        fields.add(
            "storage",
            "\(Quantity.bytes(status.usedBytes)) used\(quota),"
                + " file \(Quantity.bytes(status.fileBytes))")
    }
}
