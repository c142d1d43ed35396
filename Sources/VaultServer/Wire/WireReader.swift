/// How the bytes of a field are laid out (protobuf encoding guide, "message structure").
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
}

/// Reads the fields of one protobuf message in place, without copying.
///
/// It accepts what protobuf accepts: any order, repeated singular fields (the last one counts),
/// unknown fields, fields of a known number with another wire type (unknown, too) and groups.
struct WireReader {
    // SAFETY: the reader never outlives the closure that lends the bytes; every access below is
    // checked against `bytes.count` first.
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// A tag has 32 bits. The libraries refuse one that is written in more bytes than those take.
    private static let tagBytesMax = 5
    static let overlongTag = WireError(reason: "field number of more than 32 bits")

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next field's number and type, or nil at the end. Its value must be read or skipped next.
    mutating func nextField() throws(WireError) -> (number: Int, type: WireType)? {
        guard position < bytes.count else { return nil }
        let start = position
        let tag = try varint()
        guard position - start <= Self.tagBytesMax else { throw Self.overlongTag }
        guard tag >> 3 != 0, tag <= UInt64(UInt32.max) else {
            throw WireError(reason: "field number out of range")
        }
        guard let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw WireError(reason: "unknown wire type")
        }
        return (Int(tag >> 3), type)
    }

    mutating func varint() throws(WireError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            // Of the tenth byte one bit fits; the others are dropped, as every library does.
            result |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return result }
            shift += 7
            if shift > 63 { throw WireError(reason: "number of more than 64 bits") }
        }
        throw WireError(reason: "truncated number")
    }

    mutating func int64() throws(WireError) -> Int64 { Int64(bitPattern: try varint()) }

    mutating func bool() throws(WireError) -> Bool { try varint() != 0 }

    /// Enumerations are 32 bits wide; higher bits are dropped, as every protobuf library does.
    mutating func enumeration() throws(WireError) -> Int32 {
        Int32(truncatingIfNeeded: try varint())
    }

    /// The content of a string, bytes or message field, valid as long as the reader's own bytes.
    mutating func content() throws(WireError) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else {
            throw WireError(reason: "truncated field")
        }
        let start = position
        position += Int(count)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    mutating func byteArray() throws(WireError) -> [UInt8] { [UInt8](try content()) }

    /// Passes over the value of a field that the reader does not know.
    mutating func skip(_ field: (number: Int, type: WireType)) throws(WireError) {
        try skip(field, depth: 0)
    }

    private mutating func skip(
        _ field: (number: Int, type: WireType), depth: Int
    ) throws(WireError) {
        switch field.type {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .fixed32: try advance(4)
        case .lengthDelimited: _ = try content()
        case .startGroup:
            guard depth < Limits.messageDepthMax else { throw WireError(reason: "nested too deep") }
            while true {
                guard let inner = try nextField() else {
                    throw WireError(reason: "truncated group")
                }
                if inner.type == .endGroup {
                    guard inner.number == field.number else {
                        throw WireError(reason: "group ends with another number")
                    }
                    return
                }
                try skip(inner, depth: depth + 1)
            }
        case .endGroup: throw WireError(reason: "group ends without a start")
        }
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard count <= bytes.count - position else { throw WireError(reason: "truncated field") }
        position += count
    }
}
