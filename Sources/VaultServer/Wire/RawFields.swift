/// Writes protobuf fields to memory whose size was computed before.
///
/// SAFETY: the owner of `base` reserved at least as many bytes as `WireSize` gives for the fields
/// that it writes; nothing here checks again, because this runs for each record of each answer.
struct RawFields {
    let base: UnsafeMutableRawPointer
    private(set) var count = 0

    init(_ base: UnsafeMutableRawPointer) {
        self.base = base
    }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        base.storeBytes(of: value, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func number(_ field: UInt8, _ value: Int64) {
        guard value != 0 else { return }
        byte(field << 3 | WireType.varint.rawValue)
        varint(UInt64(bitPattern: value))
    }

    /// Tag and length of a nested message, whose fields follow.
    @inline(__always)
    mutating func start(_ field: UInt8, count: Int) {
        byte(field << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(count))
    }

    /// What is encoded already.
    @inline(__always)
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func bytes(_ field: UInt8, _ value: UnsafeRawBufferPointer) {
        guard let source = value.baseAddress, value.count > 0 else { return }
        byte(field << 3 | WireType.lengthDelimited.rawValue)
        varint(UInt64(value.count))
        (base + count).copyMemory(from: source, byteCount: value.count)
        count += value.count
    }
}
