import VaultAPI

/// What there is to know about a new vault: above all, which of its keys outlive the machine.
enum InitReport {
    static func table(_ response: Vault_V1_InitResponse, plan: InitPlan) -> String {
        var fields = FieldList()
        fields.add("store", TerminalText.escaped(response.storeID.utf8))
        fields.add(
            "state", response.sealed ? "sealed: open it with 'vaultctl unseal'" : "unsealed")
        for (index, slot) in response.slots.enumerated() {
            fields.add(index == 0 ? "slots" : "", StatusReport.text(of: slot))
        }
        for (index, name) in plan.request.administrators.enumerated() {
            fields.add(index == 0 ? "administrators" : "", name)
        }
        var text = fields.rendered()
        for share in response.shares {
            text += "share  \(TerminalText.escaped(share.utf8))\n"
        }
        return text + "\n" + advice(response.slots, keyFile: plan.keyFilePath)
    }

    static func write(_ response: Vault_V1_InitResponse, to json: inout JSONWriter) {
        json.object { json in
            json.field("shares") { json in response.shares.forEach { json.string($0) } }
            json.field("store_id", response.storeID)
            json.field("sealed", response.sealed)
            StatusReport.write(response.slots, to: &json)
        }
    }

    private static func advice(_ slots: [Vault_V1_Slot], keyFile: String?) -> String {
        var text = "If this machine is lost, a backup can be opened with\n"
        if slots.contains(where: { $0.kind == "passphrase" }) {
            text += "  - the passphrase, if somebody still knows it: keep it in a safe place\n"
        }
        for slot in slots where slot.kind == "shamir" {
            let description = TerminalText.escaped(slot.description_p.utf8)
            text += "  - \(description): give each to another person; they are not shown again\n"
        }
        if slots.contains(where: { $0.kind == "recipient" }) {
            text += "  - the file of a recovery key: keep it away from this machine\n"
        }
        if let keyFile {
            text +=
                "  - a copy of the key file \(TerminalText.escaped(keyFile.utf8)), if there is"
                + " one elsewhere: make it now\n"
        }
        if slots.allSatisfy({ $0.kind == "keyfile" }) {
            text += "There is no other slot: without that file nobody can ever open this vault. Add"
            text += " one with\n'vaultctl keyslot add --recipient', --shares or a passphrase.\n"
        }
        return text
    }
}
