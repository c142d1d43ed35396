import FoundationEssentials
import VaultAPI

/// Changes as text, a line each.
struct ChangeListing {
    private let format: OutputFormat
    private let showsValues: Bool
    private let showsPrevious: Bool
    private var table: Table
    private var isFirst = true

    init(format: OutputFormat, showsValues: Bool, showsPrevious: Bool) {
        self.format = format
        self.showsValues = showsValues
        self.showsPrevious = showsPrevious
        var columns = [
            Table.Column(title: "REVISION", alignment: .right), Table.Column(title: "CHANGE"),
            Table.Column(title: "KEY"),
        ]
        if showsValues { columns.append(Table.Column(title: "VALUE")) }
        if showsPrevious { columns.append(Table.Column(title: "BEFORE")) }
        table = Table(columns)
    }

    mutating func render(_ events: [Mvccpb_Event]) -> [UInt8] {
        switch format {
        case .table: Array(rows(events).utf8)
        case .json: events.flatMap(document)
        }
    }

    private mutating func rows(_ events: [Mvccpb_Event]) -> String {
        let rows = events.map { event in
            var row = [
                String(event.kv.modRevision), Self.change(event),
                TerminalText.escaped(event.kv.key),
            ]
            if showsValues {
                row.append(event.type == .delete ? "-" : TerminalText.escaped(event.kv.value))
            }
            if showsPrevious {
                row.append(event.hasPrevKv ? TerminalText.escaped(event.prevKv.value) : "-")
            }
            return row
        }
        defer { isFirst = false }
        table.fit(rows)
        return (isFirst ? table.header() : "") + table.lines(rows)
    }

    private func document(_ event: Mvccpb_Event) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("revision", event.kv.modRevision)
            json.field("change", Self.change(event))
            json.field("key", bytes: [UInt8](event.kv.key), encodingField: "key_encoding")
            if event.type != .delete { version(event.kv, to: &json) }
            if showsPrevious {
                json.name("previous")
                guard event.hasPrevKv else { return json.null() }
                json.object { json in
                    json.field("revision", event.prevKv.modRevision)
                    version(event.prevKv, to: &json)
                }
            }
        }
        return json.take() + [UInt8(ascii: "\n")]
    }

    private func version(_ keyValue: Mvccpb_KeyValue, to json: inout JSONWriter) {
        if showsValues {
            json.field("value", bytes: [UInt8](keyValue.value), encodingField: "encoding")
        }
        json.field("create_revision", keyValue.createRevision)
        json.field("version", keyValue.version)
        json.field(lease: keyValue.lease)
    }

    private static func change(_ event: Mvccpb_Event) -> String {
        event.type == .delete ? "delete" : "put"
    }
}
