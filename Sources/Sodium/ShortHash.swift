import CSodium

/// SipHash-2-4 with 128 bits of output (`crypto_shorthash_siphashx24`): a fast keyed function of
/// a short message that looks random to everyone without the key. Not a hash to identify content
/// with: its size invites collisions by whoever has the key.
///
/// See https://doc.libsodium.org/hashing/short-input_hashing
public enum ShortHash {
    /// Bytes of a key.
    public static let keyCount = 16
    /// Bytes of the result.
    public static let digestCount = 16

    /// Writes the digest of `message` to `output`, which has `digestCount` bytes.
    public static func digest(
        of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(key.count == keyCount && output.count == digestCount, "wrong size")
        guard let digest = unsafe output.octets, let key = unsafe key.octets else {
            preconditionFailure("a buffer of that size has an address")
        }
        // SAFETY: sizes are checked above; libsodium reads nothing through nil for an empty one.
        _ = unsafe crypto_shorthash_siphashx24(digest, message.octets, UInt64(message.count), key)
    }
}
