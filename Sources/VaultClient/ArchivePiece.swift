/// Where the bytes of an archive lie in a message `ArchiveBlob`, so that they need not be copied
/// out of it: an archive is as large as the vault.
struct ArchivePiece: Equatable {
    let bytes: Range<Int>
    /// 0 for none.
    let records: UInt64

    /// Reads a message that has the fields in their order and nothing else, as vaultd writes it;
    /// nil for any other, which may be one all the same.
    init?(_ message: UnsafeRawBufferPointer) {
        var position = 0
        guard Self.takeTag(1, wireType: 2, from: message, at: &position),
            let count = Self.takeNumber(from: message, at: &position),
            count <= UInt64(message.count - position)
        else { return nil }
        bytes = position..<(position + Int(count))
        position = bytes.upperBound
        if position == message.count {
            records = 0
            return
        }
        guard Self.takeTag(2, wireType: 0, from: message, at: &position),
            let records = Self.takeNumber(from: message, at: &position),
            position == message.count
        else { return nil }
        self.records = records
    }

    private static func takeTag(
        _ field: UInt8, wireType: UInt8, from message: UnsafeRawBufferPointer,
        at position: inout Int
    ) -> Bool {
        guard position < message.count, message[position] == field << 3 | wireType else {
            return false
        }
        position += 1
        return true
    }

    /// Seven bits a byte, the lowest first; nil for one that is cut off or has more than 64 bits.
    private static func takeNumber(
        from message: UnsafeRawBufferPointer, at position: inout Int
    ) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard position < message.count else { return nil }
            let byte = message[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
