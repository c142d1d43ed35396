import Sodium

/// Tells one token from another, and says nothing about either without the key.
struct TokenDigest: Equatable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0

    /// `key` are `ShortHash.keyCount` random bytes of this process.
    init(of token: UnsafeRawBufferPointer, key: [UInt8]) {
        key.withUnsafeBytes { key in
            withUnsafeMutableBytes(of: &self) { digest in
                ShortHash.digest(of: token, key: key, into: digest)
            }
        }
    }
}
