/// Takes an input apart; what is missing at its end is zero.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Little-endian.
    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        var number: Number = 0
        for shift in 0..<Number.bitWidth / 8 {
            number |= Number(truncatingIfNeeded: byte()) << Number(shift * 8)
        }
        return number
    }

    /// Up to so many bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Exactly so many.
    mutating func filled(_ count: Int) -> [UInt8] {
        let bytes = bytes(count)
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }

    mutating func remainder() -> [UInt8] { bytes(rest.count) }

    /// The bytes of a number, as `number` reads them.
    static func encode<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
