import CSodium

/// Ed25519 signatures (`crypto_sign`), RFC 8032.
///
/// See https://doc.libsodium.org/public-key_cryptography/public-key_signatures
public enum Ed25519 {
    /// Bytes of the seed that a key pair comes from.
    public static let seedCount = 32
    /// Bytes of a public half.
    public static let publicCount = 32
    /// Bytes of a signature.
    public static let signatureCount = 64

    /// The public half of the pair that comes from `seed`, and the signature of `message` by it.
    public static func sign(
        _ message: [UInt8], seed: borrowing SecretBytes
    ) throws(SodiumError) -> (publicHalf: [UInt8], signature: [UInt8]) {
        precondition(seed.count == seedCount, "a seed has 32 bytes")
        var pair = try SecretBytes(count: crypto_sign_secretkeybytes())
        var publicHalf = [UInt8](repeating: 0, count: publicCount)
        var signature = [UInt8](repeating: 0, count: signatureCount)
        unsafe seed.withBytes { seed in
            unsafe pair.withMutableBytes { pair in
                unsafe publicHalf.withUnsafeMutableBytes { output in
                    guard let output = unsafe output.octets, let pair = unsafe pair.octets,
                        let seed = unsafe seed.octets
                    else { preconditionFailure("a buffer of that size has an address") }
                    // SAFETY: the sizes are libsodium's. It fails for no seed.
                    _ = unsafe crypto_sign_seed_keypair(output, pair, seed)
                }
            }
        }
        unsafe pair.withBytes { pair in
            unsafe message.withUnsafeBytes { message in
                unsafe signature.withUnsafeMutableBytes { output in
                    guard let output = unsafe output.octets, let pair = unsafe pair.octets else {
                        preconditionFailure("a buffer of that size has an address")
                    }
                    // SAFETY: the sizes are libsodium's; nil is an empty message.
                    _ = unsafe crypto_sign_detached(
                        output, nil, message.octets, UInt64(message.count), pair)
                }
            }
        }
        return (publicHalf, signature)
    }

    /// Whether `signature` of `message` was made with the private half of `publicHalf`.
    public static func verify(
        _ signature: [UInt8], of message: [UInt8], by publicHalf: [UInt8]
    ) -> Bool {
        guard signature.count == signatureCount, publicHalf.count == publicCount else {
            return false
        }
        return unsafe signature.withUnsafeBytes { signature in
            unsafe message.withUnsafeBytes { message in
                unsafe publicHalf.withUnsafeBytes { publicHalf in
                    guard let signature = unsafe signature.octets,
                        let publicHalf = unsafe publicHalf.octets
                    else { return false }
                    // SAFETY: the sizes are checked above; nil is an empty message.
                    return unsafe crypto_sign_verify_detached(
                        signature, message.octets, UInt64(message.count), publicHalf) == 0
                }
            }
        }
    }
}
