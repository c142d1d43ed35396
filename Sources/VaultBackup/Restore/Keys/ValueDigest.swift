import Sodium

/// What a value adds up to under a key that lives as long as one comparison: secrets of two places
/// are compared without either being kept.
struct ValueDigest: Equatable, Sendable {
    private var words: (UInt64, UInt64) = (0, 0)

    init(of value: UnsafeRawBufferPointer, key: [UInt8]) {
        key.withUnsafeBytes { key in
            withUnsafeMutableBytes(of: &words) { KeyedHash.digest(of: value, key: key, into: $0) }
        }
    }

    static func == (left: ValueDigest, right: ValueDigest) -> Bool { left.words == right.words }
}
