/// Builds a file's bytes in order; numbers are little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func put(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func reserve(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }
}
