/// Reads a file's bytes in order and trusts none of them: every read checks what is left.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int
    /// What the bytes are, for the error: "keyring: slot table".
    let what: String

    init(_ bytes: ArraySlice<UInt8>, what: String) {
        self.bytes = bytes
        self.position = bytes.startIndex
        self.what = what
    }

    var remaining: Int { bytes.endIndex - position }

    var isAtEnd: Bool { remaining == 0 }

    mutating func take(_ count: Int) throws(SealError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw .damaged(what: "\(what) ends early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// A little-endian number.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type = Number.self
    ) throws(SealError) -> Number {
        var number: Number = 0
        for byte in try take(Number.bitWidth / 8).reversed() {
            // Shifting by a whole byte would trap for UInt8 itself.
            number = Number(truncatingIfNeeded: UInt64(number) << 8 | UInt64(byte))
        }
        return number
    }

    /// Bytes that must be zero.
    mutating func reserved(_ count: Int) throws(SealError) {
        guard try take(count).allSatisfy({ $0 == 0 }) else {
            throw .damaged(what: "\(what): reserved bytes are set")
        }
    }
}
