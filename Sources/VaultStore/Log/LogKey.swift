/// The key of a record in the log's table: revision and place in it, big-endian, 12 bytes, so that
/// LMDB's order is the order of the changes.
struct LogKey {
    static let count = 12

    var main: Int64
    var sub: UInt32

    init(main: Int64, sub: UInt32) {
        self.main = main
        self.sub = sub
    }

    init(_ position: LogPosition) {
        main = position.main
        sub = position.sub
    }

    /// Reads a key; nil when the bytes are not one.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.count else { return nil }
        let high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        guard high > 0, high <= UInt64(Int64.max) else { return nil }
        main = Int64(high)
        sub = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// Hands over the 12 bytes.
    @inline(__always)
    func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        var words = (
            UInt64(bitPattern: main).bigEndian, UInt64(sub.bigEndian)
        )
        // The sub-revision stands in the low-address half of the second word.
        return try unsafeBytes(of: &words, body)
    }

    @inline(__always)
    private func unsafeBytes<R, E: Error>(
        of words: inout (UInt64, UInt64), _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try withUnsafeBytes(of: &words) { (bytes) throws(E) -> R in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<Self.count]))
        }
    }
}
