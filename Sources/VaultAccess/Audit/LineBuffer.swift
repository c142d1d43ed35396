import Glibc

/// Bytes under construction, in memory that is used again and again. What a line is made of goes
/// through here, so there is no array, no string and no check but for room.
struct LineBuffer: ~Copyable, @unchecked Sendable {
    // SAFETY (@unchecked Sendable): this value owns `start` alone; writing needs `mutating`.
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        start = .allocate(byteCount: max(capacity, 64), alignment: 16)
        self.capacity = max(capacity, 64)
    }

    deinit { start.deallocate() }

    /// What has been written; valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    mutating func removeAll() { count = 0 }

    mutating func removeLast(_ removed: Int) { count -= removed }

    /// Moves `range` to `target`, which is not behind it.
    mutating func move(_ range: Range<Int>, to target: Int) {
        precondition(target <= range.lowerBound && range.upperBound <= count, "out of bounds")
        memmove(start + target, start + range.lowerBound, range.count)
    }

    mutating func truncate(to count: Int) {
        precondition(count <= self.count, "a buffer is cut, not grown")
        self.count = count
    }

    /// Room for `more` bytes, which the caller then fills in whole.
    @inline(__always)
    mutating func extend(_ more: Int) -> UnsafeMutableRawBufferPointer {
        if capacity - count < more { grow(more) }
        defer { count += more }
        return UnsafeMutableRawBufferPointer(start: start + count, count: more)
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = moved
        capacity = larger
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        if capacity - count < bytes.count { grow(bytes.count) }
        (start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// What stands in `range` once more.
    @inline(__always)
    mutating func put(again range: Range<Int>) {
        precondition(range.upperBound <= count, "out of bounds")
        if capacity - count < range.count { grow(range.count) }
        (start + count).copyMemory(from: start + range.lowerBound, byteCount: range.count)
        count += range.count
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func put(byte: UInt8) {
        if capacity == count { grow(1) }
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func put(littleEndian number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { put($0) }
    }

    mutating func put(decimal number: Int64) {
        if number < 0 { put(byte: UInt8(ascii: "-")) }
        put(decimal: number.magnitude)
    }

    /// Without leading zeros, or with as many as make `digits`.
    mutating func put(decimal number: UInt64, digits: Int = 1) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { scratch in
            var rest = number
            var position = 20
            repeat {
                position -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                scratch[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest != 0 || 20 - position < digits
            put(UnsafeRawBufferPointer(rebasing: scratch[position...]))
        }
    }

    /// Lower-case hexadecimal.
    @inline(__always)
    mutating func put(hexadecimal bytes: UnsafeRawBufferPointer) {
        let target = extend(2 * bytes.count)
        var index = 0
        // Hashes and MACs are multiples of four bytes.
        while bytes.count - index >= 4 {
            let some = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)
            target.storeBytes(
                of: Self.digits(some.littleEndian).littleEndian, toByteOffset: 2 * index,
                as: UInt64.self)
            index += 4
        }
        while index < bytes.count {
            target[2 * index] = Self.digit(bytes[index] >> 4)
            target[2 * index + 1] = Self.digit(bytes[index] & 15)
            index += 1
        }
    }

    /// Four bytes to eight digits at once, the first in the lowest byte of both.
    ///
    ///     ab cd …  ->  0a 0b 0c 0d …  ->  "abcd…"
    @inline(__always)
    private static func digits(_ bytes: UInt32) -> UInt64 {
        var spread = UInt64(bytes)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        let halves = (spread >> 4 | spread << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (halves &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return halves &+ 0x3030_3030_3030_3030 &+ isLetter &* 39
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        // '0' to '9' and 'a' to 'f', without a branch.
        value &+ UInt8(ascii: "0") &+ (value > 9 ? 39 : 0)
    }

    /// The inside of a JSON string. `text` must be valid UTF-8, and comes out as that.
    ///
    /// DEL, the C1 controls and the line separators are legal in JSON, and yet commands to a
    /// terminal or line ends to a log shipper: C2 80...9F and E2 80 A8, A9 are escaped too.
    mutating func put(escaped text: UnsafeRawBufferPointer) {
        var clean = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard Self.isSuspicious(byte), let (scalar, length) = Self.special(text, position)
            else {
                position += 1
                continue
            }
            put(UnsafeRawBufferPointer(rebasing: text[clean..<position]))
            put(escape: scalar)
            position += length
            clean = position
        }
        put(UnsafeRawBufferPointer(rebasing: text[clean..<position]))
    }

    @inline(__always)
    private static func isSuspicious(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xC2 || byte == 0xE2
    }

    /// The character at `position` when it must be escaped, and its bytes.
    private static func special(
        _ text: UnsafeRawBufferPointer, _ position: Int
    ) -> (scalar: UInt16, length: Int)? {
        let byte = text[position]
        switch byte {
        case 0xC2:
            let next = text[position + 1]
            return next < 0xA0 ? (UInt16(next), 2) : nil
        case 0xE2:
            guard text[position + 1] == 0x80, text[position + 2] & 0xFE == 0xA8 else { return nil }
            return (0x2000 | UInt16(text[position + 2] & 0x3F), 3)
        default: return (UInt16(byte), 1)
        }
    }

    private mutating func put(escape scalar: UInt16) {
        switch scalar {
        case 0x22: put("\\\"")
        case 0x5C: put("\\\\")
        case 0x0A: put("\\n")
        case 0x0D: put("\\r")
        case 0x09: put("\\t")
        default:
            put("\\u")
            withUnsafeBytes(of: scalar.bigEndian) { put(hexadecimal: $0) }
        }
    }

    /// A field whose value is a name, cut where it is too long.
    mutating func put(_ field: StaticString, name: String) {
        put(field)
        put(escaped: name, bytesMax: AuditLimits.nameBytesMax)
        put(byte: UInt8(ascii: "\""))
    }

    /// The inside of a JSON string, of at most `bytesMax` bytes of whole characters. Swift's own
    /// strings are valid UTF-8.
    mutating func put(escaped text: String, bytesMax: Int) {
        var text = text
        text.withUTF8 { utf8 in
            var count = min(utf8.count, bytesMax)
            // A byte 10xxxxxx continues the character before it.
            while count < utf8.count, count > 0, utf8[count] & 0xC0 == 0x80 { count -= 1 }
            put(escaped: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: utf8[..<count])))
        }
    }
}
