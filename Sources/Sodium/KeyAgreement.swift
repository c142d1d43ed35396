import CSodium

/// X25519 (`crypto_scalarmult_curve25519`), RFC 7748.
///
/// See https://doc.libsodium.org/advanced/scalar_multiplication
public enum KeyAgreement {
    /// Bytes of a private half, a public half and a shared secret.
    public static let keyCount = 32

    /// The public half of a private one; any 32 bytes are a private half.
    public static func publicHalf(of privateHalf: borrowing SecretBytes) -> [UInt8] {
        precondition(privateHalf.count == keyCount, "a private half has 32 bytes")
        var publicHalf = [UInt8](repeating: 0, count: keyCount)
        unsafe privateHalf.withBytes { scalar in
            unsafe publicHalf.withUnsafeMutableBytes { output in
                guard let scalar = unsafe scalar.octets, let output = unsafe output.octets else {
                    preconditionFailure("a buffer of that size has an address")
                }
                // SAFETY: both have 32 bytes. It fails for no scalar.
                _ = unsafe crypto_scalarmult_curve25519_base(output, scalar)
            }
        }
        return publicHalf
    }

    /// What both sides know. Not uniform: hash it, with both public halves, before it is a key.
    ///
    /// Nil for a public half that gives the same to everybody (a point of low order).
    public static func sharedSecret(
        _ privateHalf: borrowing SecretBytes, _ publicHalf: [UInt8]
    ) throws(SodiumError) -> SecretBytes? {
        precondition(privateHalf.count == keyCount, "a private half has 32 bytes")
        precondition(publicHalf.count == keyCount, "a public half has 32 bytes")
        var shared = try SecretBytes(count: keyCount)
        let result = unsafe privateHalf.withBytes { scalar in
            unsafe publicHalf.withUnsafeBytes { point in
                unsafe shared.withMutableBytes { output in
                    guard let scalar = unsafe scalar.octets, let point = unsafe point.octets,
                        let output = unsafe output.octets
                    else { preconditionFailure("a buffer of that size has an address") }
                    // SAFETY: all three have 32 bytes.
                    return unsafe crypto_scalarmult_curve25519(output, scalar, point)
                }
            }
        }
        guard result == 0 else { return nil }
        return shared
    }
}
