import VaultBackup
import VaultSeal

/// Archives for people and for programs.
enum ArchiveListing {
    static func table(_ archives: [ArchiveFile], _ state: (ArchiveFile) -> String) -> String {
        var table = Table([
            Table.Column(title: "NUMBER", alignment: .right), Table.Column(title: "MADE"),
            Table.Column(title: "KIND"), Table.Column(title: "REVISIONS"),
            Table.Column(title: "RECORDS", alignment: .right),
            Table.Column(title: "SIZE", alignment: .right), Table.Column(title: "STATE"),
            Table.Column(title: "FILE"),
        ])
        return table.rendered(
            archives.map { file in
                let (footer, identity) = (file.footer, file.footer.identity)
                return [
                    "\(identity.sequence)", Quantity.time(identity.created),
                    identity.isFull ? "full" : "part",
                    footer.lastRevision == identity.afterRevision
                        ? "-" : "\(max(identity.afterRevision + 1, 1))-\(footer.lastRevision)",
                    "\(footer.recordCount)", Quantity.bytes(file.byteCount), state(file),
                    TerminalText.escaped(file.name.utf8),
                ]
            })
    }

    /// The fields of one archive, in an open object.
    static func fields(_ file: ArchiveFile, to json: inout JSONWriter) {
        let (footer, identity) = (file.footer, file.footer.identity)
        json.field("file", file.path)
        json.field("kind", identity.isFull ? "full" : "part")
        json.field("sequence", identity.sequence)
        json.field("store_id", identity.storeID.description)
        json.field("timeline", identity.timeline.number)
        json.field("created_ms", identity.created)
        json.field("after_revision", identity.afterRevision)
        json.field("last_revision", footer.lastRevision)
        json.field("compact_revision", footer.compactRevision)
        json.field("records", footer.recordCount)
        json.field("bytes", file.byteCount)
        json.field("digest", file.digestText)
        json.name("parent")
        if let parent = file.parentText { json.string(parent) } else { json.null() }
    }
}
