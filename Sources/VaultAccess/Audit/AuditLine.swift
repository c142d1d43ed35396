import VaultSeal

/// A line as it stands in a file, without its newline, taken apart as far as the chain needs.
struct AuditLine {
    /// Its number; nil when the line does not begin as every line does.
    let sequence: UInt64?
    /// Bytes from the start that are hashed; nil when it does not end as every line does.
    let hashedCount: Int?
    /// The hash that it claims to have.
    let hash: AuditHash?
    /// The MAC that it claims to have.
    let mac: [UInt8]?
    private let eventStart: Int?
    private let bytes: UnsafeRawBufferPointer

    private static let start = Array("{\"seq\":".utf8)
    private static let hashField = Array(",\"hash\":\"".utf8)
    private static let macField = Array("\",\"mac\":\"".utf8)
    private static let end = Array("\"}".utf8)
    private static let timeField = Array(",\"time\":\"".utf8)
    private static let eventField = Array("\",\"event\":\"".utf8)

    /// `bytes` must stay valid for as long as the line is asked.
    init(_ bytes: UnsafeRawBufferPointer, readsMAC: Bool = true) {
        self.bytes = bytes
        let number = Self.number(bytes)
        sequence = number?.value
        eventStart = number.flatMap { Self.eventStart(bytes, after: $0.end) }
        var rest = bytes.count - Self.end.count
        guard Self.has(Self.end, in: bytes, at: rest) else {
            (hashedCount, hash, mac) = (nil, nil, nil)
            return
        }
        let macCount = 2 * AuditKeys.digestCount
        let macStart = rest - macCount - Self.macField.count
        if Self.has(Self.macField, in: bytes, at: macStart) {
            mac = readsMAC ? Self.mac(Self.part(bytes, rest - macCount, macCount)) : []
            rest = macStart
        } else {
            mac = nil
        }
        let hashStart = rest - 2 * AuditHash.count
        guard Self.has(Self.hashField, in: bytes, at: hashStart - Self.hashField.count) else {
            (hashedCount, hash) = (nil, nil)
            return
        }
        hashedCount = hashStart - Self.hashField.count
        hash = AuditHash(hexadecimal: Self.part(bytes, hashStart, 2 * AuditHash.count))
    }

    /// The hash that it has when the hash before it is `previous`; nil when the line does not end
    /// as every line does.
    func computedHash(after previous: AuditHash, _ scratch: inout LineBuffer) -> AuditHash? {
        guard let hashedCount else { return nil }
        scratch.removeAll()
        previous.withBytes { scratch.put($0) }
        scratch.put(UnsafeRawBufferPointer(rebasing: bytes[..<hashedCount]))
        return AuditHash(of: scratch.bytes)
    }

    /// The event's name; nil for a request's line.
    var event: String? {
        guard let eventStart else { return nil }
        let name = bytes[eventStart...].prefix { $0 != UInt8(ascii: "\"") }
        return String(decoding: name, as: UTF8.self)
    }

    var isEvent: Bool { eventStart != nil }

    /// The unescaped text of a string field of an event. Quotes inside of texts are escaped, so
    /// no text can look like a field.
    func text(_ field: String) -> String? {
        guard let start = position(after: ",\"\(field)\":\"") else { return nil }
        let value = bytes[start...].prefix { $0 != UInt8(ascii: "\"") }
        return String(decoding: value, as: UTF8.self)
    }

    /// A number field of an event.
    func number(_ field: String) -> UInt64? {
        guard let start = position(after: ",\"\(field)\":") else { return nil }
        return UInt64(String(decoding: bytes[start...].prefix(while: Self.isDigit), as: UTF8.self))
    }

    /// A hash field of an event.
    func hash(_ field: String) -> AuditHash? {
        guard let start = position(after: ",\"\(field)\":\""),
            start + 2 * AuditHash.count <= bytes.count
        else { return nil }
        return AuditHash(hexadecimal: Self.part(bytes, start, 2 * AuditHash.count))
    }

    /// Whether an event has this field with the value true.
    func isTrue(_ field: String) -> Bool { position(after: ",\"\(field)\":true") != nil }

    private func position(after field: String) -> Int? {
        guard let eventStart, let end = hashedCount else { return nil }
        let field = Array(field.utf8)
        var position = eventStart
        while position + field.count <= end {
            if Self.has(field, in: bytes, at: position) { return position + field.count }
            position += 1
        }
        return nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer) -> (value: UInt64, end: Int)? {
        guard has(start, in: bytes, at: 0) else { return nil }
        var position = start.count
        var value: UInt64 = 0
        while position < bytes.count, isDigit(bytes[position]) {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let digit = UInt64(bytes[position] - UInt8(ascii: "0"))
            let (sum, isStillTooLarge) = tens.addingReportingOverflow(digit)
            guard !isTooLarge, !isStillTooLarge else { return nil }
            value = sum
            position += 1
        }
        // A number has no leading zero, the first line is number 1, and no log has so many that
        // there is no number for the next.
        guard value < UInt64(Int64.max), position > start.count,
            bytes[start.count] != UInt8(ascii: "0"), position < bytes.count,
            bytes[position] == UInt8(ascii: ",")
        else { return nil }
        return (value, position)
    }

    private static func eventStart(_ bytes: UnsafeRawBufferPointer, after end: Int) -> Int? {
        guard has(timeField, in: bytes, at: end) else { return nil }
        let field = end + timeField.count + AuditTimestamp.count
        return has(eventField, in: bytes, at: field) ? field + eventField.count : nil
    }

    private static func mac(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: AuditKeys.digestCount)
        // What is not hexadecimal is a wrong MAC, not a missing one.
        return mac.withUnsafeMutableBytes({ Hexadecimal.decode(text, into: $0) }) ? mac : []
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    @inline(__always)
    private static func has(
        _ text: [UInt8], in bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> Bool {
        guard offset >= 0, offset + text.count <= bytes.count else { return false }
        for index in 0..<text.count where bytes[offset + index] != text[index] { return false }
        return true
    }

    private static func part(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ count: Int
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }
}
