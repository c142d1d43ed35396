import FoundationEssentials

/// Writes one JSON document (RFC 8259) piece by piece, so that it never has to be held whole.
///
///     var json = JSONWriter()
///     json.object { $0.field("key", "a"); $0.field("revision", 2) }   ->  {"key":"a","revision":2}
struct JSONWriter {
    private var bytes: [UInt8] = []
    /// Whether the next element needs a comma before it, for each open object or array.
    private var needsComma = [false]

    /// What was written since the last call.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    mutating func beginObject() { open("{") }
    mutating func endObject() { close("}") }
    mutating func beginArray() { open("[") }
    mutating func endArray() { close("]") }

    /// The name of the field whose value is written next.
    mutating func name(_ name: String) {
        separate()
        appendString(name)
        append(":")
        needsComma[needsComma.count - 1] = false
    }

    mutating func string(_ value: String) {
        separate()
        appendString(value)
    }

    mutating func number(_ value: some BinaryInteger) {
        separate()
        append(String(value))
    }

    mutating func boolean(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
    }

    mutating func null() {
        separate()
        append("null")
    }

    mutating func field(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    mutating func field(_ name: String, _ value: some BinaryInteger) {
        self.name(name)
        number(value)
    }

    mutating func field(_ name: String, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    mutating func field(_ name: String, array body: (inout JSONWriter) -> Void) {
        self.name(name)
        beginArray()
        body(&self)
        endArray()
    }

    /// Bytes as a string when they are UTF-8, otherwise in base64; a second field says which.
    mutating func field(_ name: String, bytes value: [UInt8], encodingField: String) {
        if let text = String(validating: value, as: UTF8.self) {
            field(name, text)
            field(encodingField, "utf-8")
        } else {
            field(name, Data(value).base64EncodedString())
            field(encodingField, "base64")
        }
    }

    /// A lease as etcd's tools write it, or null: its numbers do not fit a JavaScript number.
    mutating func field(lease identifier: Int64) {
        name("lease")
        if identifier == 0 { null() } else { string(Quantity.lease(identifier)) }
    }

    private mutating func open(_ bracket: String) {
        separate()
        append(bracket)
        needsComma.append(false)
    }

    private mutating func close(_ bracket: String) {
        append(bracket)
        needsComma.removeLast()
    }

    private mutating func separate() {
        if needsComma[needsComma.count - 1] { append(",") }
        needsComma[needsComma.count - 1] = true
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func appendString(_ text: String) {
        append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            // DEL and the C1 controls are legal in JSON, and yet commands to a terminal.
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default:
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        append("\"")
    }
}
