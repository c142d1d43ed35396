/// A reader of flat JSON objects that accepts nothing else than RFC 8259: the test's own, so that
/// the log's writer is not checked by its own ideas. Fields that are not strings are left as text.
struct StrictJSON {
    private var bytes: [UInt8]
    private var position = 0

    /// The fields of an object; nil when it is none, or when a name comes twice.
    static func object(_ bytes: [UInt8]) -> [String: String]? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = StrictJSON(bytes: bytes)
        guard let fields = reader.object(), reader.position == bytes.count else { return nil }
        return fields
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func object() -> [String: String]? {
        guard take("{") else { return nil }
        var fields: [String: String] = [:]
        repeat {
            guard let name = string(), take(":"), let value = value(), fields[name] == nil else {
                return nil
            }
            fields[name] = value
        } while take(",")
        return take("}") ? fields : nil
    }

    private mutating func value() -> String? {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return string() }
        if take("true") { return "true" }
        if take("false") { return "false" }
        let digits = bytes[position...].prefix { "-0123456789".utf8.contains($0) }
        position += digits.count
        let text = String(decoding: digits, as: UTF8.self)
        return Int64(text).map(String.init) == text ? text : nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(validating: result, as: UTF8.self) }
            guard byte >= 0x20 else { return nil }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard position < bytes.count else { return nil }
            let kind = bytes[position]
            position += 1
            switch kind {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(kind)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
                guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16),
                    let scalar = Unicode.Scalar(code)
                else { return nil }
                result += Array(String(Character(scalar)).utf8)
                position += 4
            default: return nil
            }
        }
        return nil
    }
}
