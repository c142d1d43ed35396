import VaultAPI

/// Pages of keys as text, one after the other.
struct KeyListing {
    private let format: OutputFormat
    private let prefix: String
    private var table = Table([
        .init(title: "KEY"), .init(title: "REVISION", alignment: .right),
        .init(title: "VERSION", alignment: .right), .init(title: "LEASE"),
    ])
    private var json = JSONWriter()
    private var isFirst = true

    init(format: OutputFormat, prefix: String) {
        self.format = format
        self.prefix = prefix
    }

    mutating func render(_ page: Etcdserverpb_RangeResponse) -> [UInt8] {
        defer { isFirst = false }
        switch format {
        case .table: return Array(renderTable(page).utf8)
        case .json: return renderJSON(page)
        }
    }

    /// What ends the document.
    mutating func end() -> [UInt8] {
        guard format == .json else { return [] }
        json.endArray()
        json.endObject()
        return json.take() + [UInt8(ascii: "\n")]
    }

    private mutating func renderTable(_ page: Etcdserverpb_RangeResponse) -> String {
        let rows = page.kvs.map { key in
            [
                TerminalText.escaped(key.key), String(key.modRevision), String(key.version),
                Quantity.lease(key.lease),
            ]
        }
        table.fit(rows)
        return (isFirst && !rows.isEmpty ? table.header() : "") + table.lines(rows)
    }

    private mutating func renderJSON(_ page: Etcdserverpb_RangeResponse) -> [UInt8] {
        if isFirst {
            json.beginObject()
            json.field("prefix", prefix)
            json.field("revision", page.header.revision)
            json.field("count", page.count)
            json.name("keys")
            json.beginArray()
        }
        for key in page.kvs {
            json.object {
                $0.field("key", bytes: [UInt8](key.key), encodingField: "key_encoding")
                $0.field("revision", key.modRevision)
                $0.field("create_revision", key.createRevision)
                $0.field("version", key.version)
                $0.field(lease: key.lease)
            }
        }
        return json.take()
    }
}
