import Sodium

/// Encrypts a few secret bytes under a key: nonce, ciphertext, tag.
enum WrappedSecret {
    /// What wrapping adds to the secret's size.
    static let overhead = AEAD.nonceCount + AEAD.tagCount

    static func wrap(
        _ secret: UnsafeRawBufferPointer, under key: borrowing SecretBytes,
        associatedData: [UInt8]
    ) -> [UInt8] {
        var wrapped = [UInt8](repeating: 0, count: secret.count + overhead)
        wrapped.withUnsafeMutableBytes { wrapped in
            let nonce = wrapped.part(0, AEAD.nonceCount)
            let text = wrapped.part(AEAD.nonceCount, secret.count + AEAD.tagCount)
            Random.fill(nonce)
            // SAFETY: the ciphertext takes the secret's place in the same bytes, so the array
            // never holds it when this closure has returned.
            text.copyMemory(from: secret)
            key.withBytes { key in
                associatedData.withUnsafeBytes { associatedData in
                    AEAD.encryptInPlace(
                        text, key: key, nonce: UnsafeRawBufferPointer(nonce),
                        associatedData: associatedData)
                }
            }
        }
        return wrapped
    }

    /// The secret; nil when the key or the associated data is another, or the bytes were changed.
    static func unwrap(
        _ wrapped: ArraySlice<UInt8>, under key: borrowing SecretBytes, associatedData: [UInt8]
    ) throws(SealError) -> SecretBytes? {
        guard wrapped.count >= overhead else { return nil }
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: wrapped.count - overhead)
        }
        let isAuthentic = secret.withMutableBytes { secret in
            key.withBytes { key in
                decrypt(wrapped, key: key, associatedData: associatedData, into: secret)
            }
        }
        guard isAuthentic else { return nil }
        return secret
    }

    private static func decrypt(
        _ wrapped: ArraySlice<UInt8>, key: UnsafeRawBufferPointer, associatedData: [UInt8],
        into secret: UnsafeMutableRawBufferPointer
    ) -> Bool {
        wrapped.withUnsafeBytes { wrapped in
            associatedData.withUnsafeBytes { associatedData in
                do throws(SodiumError) {
                    try AEAD.decrypt(
                        wrapped.part(AEAD.nonceCount, wrapped.count - AEAD.nonceCount),
                        into: secret, key: key, nonce: wrapped.part(0, AEAD.nonceCount),
                        associatedData: associatedData)
                    return true
                } catch {
                    return false
                }
            }
        }
    }
}
