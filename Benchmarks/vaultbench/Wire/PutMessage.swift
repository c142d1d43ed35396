/// A `PutRequest`, encoded by hand.
enum PutMessage {
    /// A put of `count` bytes of which the first eight say when it was sent.
    static func encode(_ key: [UInt8], stamp: Int64, count: Int, lease: Int64 = 0) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(key.count + count + 32)
        message.append(0x0A)
        append(UInt64(key.count), to: &message)
        message.append(contentsOf: key)
        message.append(0x12)
        append(UInt64(max(8, count)), to: &message)
        withUnsafeBytes(of: stamp) { message.append(contentsOf: $0) }
        message.append(contentsOf: repeatElement(0x76, count: max(8, count) - 8))
        if lease != 0 {
            message.append(0x18)
            append(UInt64(bitPattern: lease), to: &message)
        }
        return message
    }

    /// When the put of an event's value was sent.
    static func stamp(of value: UnsafeRawBufferPointer) -> Int64 {
        value.loadUnaligned(as: Int64.self)
    }

    private static func append(_ number: UInt64, to message: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            message.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        message.append(UInt8(rest))
    }
}
