import VaultAPI

/// Keys with their values as one JSON document, in portions.
struct ValueListing {
    private var json = JSONWriter()

    /// - Parameters:
    ///   - prefix: what all names begin with, and how many there are; nil for keys that were named.
    ///   - revision: what all values are from.
    init(prefix: String? = nil, revision: Int64, count: Int64 = 0) {
        json.beginObject()
        if let prefix { json.field("prefix", prefix) }
        json.field("revision", revision)
        if prefix != nil { json.field("count", count) }
        json.name("keys")
        json.beginArray()
    }

    mutating func render(_ keys: [Mvccpb_KeyValue]) -> [UInt8] {
        for key in keys {
            json.object {
                $0.field("key", bytes: [UInt8](key.key), encodingField: "key_encoding")
                Self.writeFields(of: key, to: &$0)
            }
        }
        return json.take()
    }

    /// What ends the document.
    mutating func end() -> [UInt8] {
        json.endArray()
        json.endObject()
        return json.take() + [UInt8(ascii: "\n")]
    }

    /// All but the name, as fields of an object that is open.
    static func writeFields(of key: Mvccpb_KeyValue, to json: inout JSONWriter) {
        json.field("value", bytes: [UInt8](key.value), encodingField: "encoding")
        json.field("revision", key.modRevision)
        json.field("create_revision", key.createRevision)
        json.field("version", key.version)
        json.field(lease: key.lease)
    }
}
