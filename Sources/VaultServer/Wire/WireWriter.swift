import NIOCore

/// Writes protobuf fields into a buffer, as SwiftProtobuf would: the shortest numbers, and nothing
/// for zero, false and empty. The caller keeps to ascending field numbers below 16.
struct WireWriter {
    var buffer: ByteBuffer

    init(buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    mutating func number(_ field: Int, _ value: Int64) {
        guard value != 0 else { return }
        unsigned(field, UInt64(bitPattern: value))
    }

    mutating func unsigned(_ field: Int, _ value: UInt64) {
        guard value != 0 else { return }
        buffer.writeInteger(tag(field, .varint))
        varint(value)
    }

    mutating func flag(_ field: Int, _ value: Bool) {
        unsigned(field, value ? 1 : 0)
    }

    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        buffer.writeInteger(tag(field, .lengthDelimited))
        varint(UInt64(value.count))
        buffer.writeBytes(value)
    }

    /// What comes before `count` bytes of a nested message.
    mutating func prefix(_ field: Int, count: Int) {
        buffer.writeInteger(tag(field, .lengthDelimited))
        varint(UInt64(count))
    }

    /// A nested message, present even when it is empty.
    mutating func message(_ field: Int, _ body: (inout WireWriter) -> Void) {
        buffer.writeInteger(tag(field, .lengthDelimited))
        // Most messages are shorter than 128 bytes, whose length is one byte. A longer one is moved
        // up by the bytes that its length takes more.
        let lengthIndex = buffer.writerIndex
        buffer.writeInteger(UInt8(0))
        body(&self)
        let count = buffer.writerIndex - lengthIndex - 1
        let missing = WireSize.varint(UInt64(count)) - 1
        if missing > 0 {
            buffer.writeRepeatingByte(0, count: missing)
            let start = lengthIndex + 1 - buffer.readerIndex
            // SAFETY: both ranges lie in the readable bytes, which were just extended by `missing`;
            // `memmove` semantics allow them to overlap.
            buffer.withUnsafeMutableReadableBytes { bytes in
                let source = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
                UnsafeMutableRawBufferPointer(rebasing: bytes[(start + missing)...])
                    .copyMemory(from: source)
            }
        }
        setVarint(UInt64(count), at: lengthIndex)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }

    private mutating func setVarint(_ value: UInt64, at index: Int) {
        var rest = value
        var position = index
        while rest >= 0x80 {
            buffer.setInteger(UInt8(truncatingIfNeeded: rest) | 0x80, at: position)
            rest >>= 7
            position += 1
        }
        buffer.setInteger(UInt8(rest), at: position)
    }

    private func tag(_ field: Int, _ type: WireType) -> UInt8 {
        precondition(field > 0 && field < 16, "tags of one byte only")
        return UInt8(field << 3) | type.rawValue
    }
}
