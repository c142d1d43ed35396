import CSodium

/// Subkeys of one key, each bound to a purpose (`crypto_kdf`, keyed BLAKE2b).
///
/// See https://doc.libsodium.org/key_derivation
public enum KeyDerivation {
    /// Bytes of a parent key.
    public static let keyCount = 32
    /// Bytes of a context.
    public static let contextCount = 8

    /// Writes the subkey with this `id` in this `context` (eight ASCII bytes) to `output`, of 16
    /// to 64 bytes. The parent cannot be found from it, nor any other subkey.
    public static func derive(
        _ id: UInt64, context: StaticString, from key: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(key.count == keyCount, "wrong key size")
        precondition(context.utf8CodeUnitCount == contextCount, "a context has eight bytes")
        precondition((16...64).contains(output.count), "a subkey has 16 to 64 bytes")
        guard let parent = key.baseAddress, let subkey = output.baseAddress else {
            preconditionFailure("a buffer of that size has an address")
        }
        // SAFETY: sizes are checked above; a StaticString lives forever.
        let result = unsafe context.utf8Start.withMemoryRebound(
            to: CChar.self, capacity: contextCount
        ) { context in
            unsafe crypto_kdf_derive_from_key(
                subkey.assumingMemoryBound(to: UInt8.self), output.count, id, context,
                parent.assumingMemoryBound(to: UInt8.self))
        }
        precondition(result == 0, "crypto_kdf refuses sizes only, and those are checked")
    }

    /// The same as a secret of its own.
    public static func derive(
        _ id: UInt64, context: StaticString, from key: borrowing SecretBytes
    ) throws(SodiumError) -> SecretBytes {
        var subkey = try SecretBytes(count: keyCount)
        unsafe key.withBytes { parent in
            unsafe subkey.withMutableBytes { output in
                unsafe derive(id, context: context, from: parent, into: output)
            }
        }
        return subkey
    }
}
