/// Reads and writes the fixed parts of an archive: little-endian, in order.
struct ArchiveBytes {
    private(set) var bytes: [UInt8] = []
    private var position = 0

    init() {}

    init(reading bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ more: [UInt8]) {
        bytes += more
    }

    /// The next number; the caller has checked the size of the whole.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) -> Number {
        let size = MemoryLayout<Number>.size
        precondition(position + size <= bytes.count, "the size was checked")
        defer { position += size }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
        }
    }

    mutating func take(_ count: Int) -> [UInt8] {
        precondition(position + count <= bytes.count, "the size was checked")
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }
}
