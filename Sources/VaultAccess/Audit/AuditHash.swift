import Sodium

/// The hash of a line and of all before it: BLAKE2b-256.
struct AuditHash: Hashable, Sendable {
    static let count = 32

    /// What the first line of all follows.
    static let zero = AuditHash(words: (0, 0, 0, 0))

    private var first, second, third, fourth: UInt64

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (first, second, third, fourth) = words
    }

    /// Takes exactly 32 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.count, "a hash has 32 bytes")
        self = .zero
        withMutableBytes { $0.copyMemory(from: bytes) }
    }

    /// Takes exactly 64 lower-case digits; nil for others.
    init?(hexadecimal text: UnsafeRawBufferPointer) {
        self = .zero
        let isHexadecimal = withMutableBytes { Hexadecimal.decode(text, into: $0) }
        guard isHexadecimal else { return nil }
    }

    /// The hash of `message`, which begins with the 32 bytes of the hash before it.
    init(of message: UnsafeRawBufferPointer) {
        self = .zero
        withMutableBytes {
            KeyedHash.digest(
                of: message, key: UnsafeRawBufferPointer(start: nil, count: 0), into: $0)
        }
    }

    @inline(__always)
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUnsafeBytes(of: self, body)
    }

    @inline(__always)
    private mutating func withMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer) -> R
    ) -> R {
        withUnsafeMutableBytes(of: &self, body)
    }
}
