/// Reads an encoded book and trusts none of it: every read checks what is left, and nothing is
/// allocated for a count that the bytes do not hold.
struct AccessBookReader {
    private let source: UnsafeRawBufferPointer
    private var position = 0

    /// The bytes must stay where they are for as long as the reader is used.
    init(_ source: UnsafeRawBufferPointer) {
        self.source = source
    }

    var isAtEnd: Bool { position == source.count }

    mutating func take(_ count: Int) throws(AccessError) -> Slice<UnsafeRawBufferPointer> {
        guard count <= source.count - position else { throw .damaged(what: "it ends early") }
        defer { position += count }
        return source[position..<(position + count)]
    }

    /// A little-endian number.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type = Number.self
    ) throws(AccessError) -> Number {
        var number: UInt64 = 0
        for byte in try take(Number.bitWidth / 8).reversed() {
            number = number << 8 | UInt64(byte)
        }
        return Number(truncatingIfNeeded: number)
    }

    /// A number of things of which there are at most `max`.
    mutating func count<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, max: Int
    ) throws(AccessError) -> Int {
        let count = try number(type)
        guard count <= max else { throw .damaged(what: "more of something than \(max)") }
        return Int(count)
    }

    /// Bytes after their number.
    mutating func bytes<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, max: Int
    ) throws(AccessError) -> Slice<UnsafeRawBufferPointer> {
        try take(try count(type, max: max))
    }

    mutating func name() throws(AccessError) -> AccessName {
        let bytes = try bytes(UInt16.self, max: AccessLimits.nameBytesMax)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged(what: "a name that is not UTF-8")
        }
        return AccessName(text)
    }

    /// What a request would be told is wrong with it is damage here.
    static func check<Result>(
        _ what: String, _ body: () throws(AccessError) -> Result
    ) throws(AccessError) -> Result {
        do throws(AccessError) {
            return try body()
        } catch {
            throw .damaged(what: what)
        }
    }
}
