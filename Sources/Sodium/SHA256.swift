import CSodium

/// SHA-256 (`crypto_hash_sha256`) in pieces, where somebody else's format asks for it.
///
/// See https://doc.libsodium.org/advanced/sha-2_hash_function and FIPS 180-4.
@safe
public struct SHA256: ~Copyable {
    /// Bytes of a digest.
    public static let digestCount = 32

    private var state = crypto_hash_sha256_state()

    public init() {
        _ = unsafe crypto_hash_sha256_init(&state)
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the buffer is the caller's, valid for `count` bytes.
        _ = unsafe crypto_hash_sha256_update(&state, bytes.octets, UInt64(bytes.count))
    }

    /// Ends the message; its digest.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.digestCount)
        // SAFETY: the array has the digest's size.
        _ = unsafe crypto_hash_sha256_final(&state, &digest)
        return digest
    }
}
