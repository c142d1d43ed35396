/// Lengths of protobuf encodings, for messages whose length is written before them.
enum WireSize {
    /// The most bytes that a number takes.
    static let varintMax = 10

    @inline(__always)
    static func varint(_ value: UInt64) -> Int {
        // 7 bits a byte; `| 1` because zero takes a byte too.
        (64 - (value | 1).leadingZeroBitCount + 6) / 7
    }

    /// A field of numbers below 16, whose tag is one byte; zero is left out.
    @inline(__always)
    static func number(_ value: Int64) -> Int {
        value == 0 ? 0 : 1 + varint(UInt64(bitPattern: value))
    }

    /// A field of numbers below 16; empty is left out.
    @inline(__always)
    static func bytes(_ count: Int) -> Int {
        count == 0 ? 0 : 1 + varint(UInt64(count)) + count
    }
}
