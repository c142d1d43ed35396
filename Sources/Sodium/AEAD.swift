import CSodium

/// XChaCha20-Poly1305-IETF: encryption that notices every change to the ciphertext and to the
/// associated data. With random 192-bit nonces there is no practical limit on messages per key.
///
/// It does not commit to its key: one ciphertext can be made to open under two keys. Never try
/// keys one after the other; decide by an identifier which key it must be.
///
/// See https://doc.libsodium.org/secret-key_cryptography/aead
public enum AEAD {
    /// Bytes of a key.
    public static let keyCount = 32
    /// Bytes of a nonce. Under one key no two messages may have the same.
    public static let nonceCount = 24
    /// Bytes that the tag adds behind the ciphertext.
    public static let tagCount = 16

    /// Encrypts the first `output.count - tagCount` bytes of `output` in place and writes the tag
    /// behind them.
    public static func encryptInPlace(
        _ output: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer, associatedData: UnsafeRawBufferPointer
    ) {
        precondition(key.count == keyCount && nonce.count == nonceCount, "wrong key or nonce size")
        precondition(output.count >= tagCount, "no room for the tag")
        guard let text = output.baseAddress, let key = key.baseAddress,
            let nonce = nonce.baseAddress
        else { preconditionFailure("a buffer of that size has an address") }
        let textCount = output.count - tagCount
        // SAFETY: sizes are checked above; libsodium allows the same address for both texts.
        // It cannot fail for a message shorter than 2^38 bytes.
        _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
            text.assumingMemoryBound(to: UInt8.self),
            (text + textCount).assumingMemoryBound(to: UInt8.self), nil,
            text.assumingMemoryBound(to: UInt8.self), UInt64(textCount),
            associatedData.octets,
            UInt64(associatedData.count), nil, nonce.assumingMemoryBound(to: UInt8.self),
            key.assumingMemoryBound(to: UInt8.self))
    }

    /// Decrypts `sealed` (ciphertext and tag) to the start of `output`, which must have room for
    /// `sealed.count - tagCount` bytes and may begin at the same address.
    ///
    /// Throws `.notAuthentic`; `output` then holds zeros, never unverified plaintext.
    public static func decrypt(
        _ sealed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        key: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer,
        associatedData: UnsafeRawBufferPointer
    ) throws(SodiumError) {
        precondition(key.count == keyCount && nonce.count == nonceCount, "wrong key or nonce size")
        guard sealed.count >= tagCount else { throw .notAuthentic }
        let textCount = sealed.count - tagCount
        precondition(output.count >= textCount, "no room for the plaintext")
        guard let source = sealed.baseAddress, let key = key.baseAddress,
            let nonce = nonce.baseAddress
        else { preconditionFailure("a buffer of that size has an address") }
        // SAFETY: sizes are checked above. The tag is verified before anything is decrypted, and
        // the output is zeroed when it does not fit.
        if ShortAEAD.takes(textCount: textCount, associatedCount: associatedData.count),
            let start = output.baseAddress
        {
            guard
                unsafe ShortAEAD.decrypt(
                    sealed, into: start, key: key.assumingMemoryBound(to: UInt8.self),
                    nonce: nonce.assumingMemoryBound(to: UInt8.self),
                    associatedData: associatedData)
            else {
                unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: output[..<textCount]))
                throw .notAuthentic
            }
            return
        }
        let result = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
            output.octets, nil,
            source.assumingMemoryBound(to: UInt8.self), UInt64(textCount),
            (source + textCount).assumingMemoryBound(to: UInt8.self),
            associatedData.octets,
            UInt64(associatedData.count), nonce.assumingMemoryBound(to: UInt8.self),
            key.assumingMemoryBound(to: UInt8.self))
        guard result == 0 else {
            unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: output[..<textCount]))
            throw .notAuthentic
        }
    }
}
