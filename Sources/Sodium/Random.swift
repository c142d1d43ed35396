import CSodium

/// Bytes from the system's source of randomness (`randombytes_buf`, getrandom on Linux).
public enum Random {
    /// Fills `buffer`. Call `Sodium.initialize` before.
    public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress else { return }
        // SAFETY: the buffer is the caller's, valid for `count` bytes.
        unsafe randombytes_buf(start, buffer.count)
    }

    /// `count` random bytes for public use (nonces, ids, salts); keys belong in `SecretBytes`.
    public static func bytes(count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }
}
