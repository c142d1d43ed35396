import CSodium
import Synchronization

/// Argon2id 1.3 with one lane (`crypto_pwhash`): a key from a passphrase, at a price in memory
/// and time that a guesser pays again for every guess.
///
/// See https://doc.libsodium.org/password_hashing/default_phf
public enum PassphraseHash {
    /// Bytes of a salt.
    public static let saltCount = 16
    /// The number that a file stores for Argon2id 1.3.
    public static let algorithm: UInt8 = 2

    /// One hash at a time in the whole process: each takes its memory whole, so a few at once
    /// would multiply the peak, and anyone who may unseal could use that to have us killed.
    private static let turn = Mutex<Void>(())

    /// Fills `output` from the passphrase. `memory` is in bytes. Takes from tens of milliseconds
    /// to seconds and waits for its turn: never call it on an event loop.
    ///
    /// Throws `.outOfMemory` when the memory is refused.
    public static func derive(
        from passphrase: borrowing SecretBytes, salt: [UInt8], operations: UInt64, memory: Int,
        into output: inout SecretBytes
    ) throws(SodiumError) {
        guard salt.count == saltCount else { throw .invalidParameter("salt size") }
        guard output.count >= 16 else { throw .invalidParameter("output size") }
        guard operations >= 1, operations <= UInt64(UInt32.max) else {
            throw .invalidParameter("operations")
        }
        guard memory >= 8192, memory <= crypto_pwhash_memlimit_max() else {
            throw .invalidParameter("memory")
        }
        let result = turn.withLock { _ in
            unsafe passphrase.withBytes { passphrase in
                unsafe output.withMutableBytes { output in
                    unsafe hash(passphrase, salt, operations, memory, output)
                }
            }
        }
        guard result == 0 else { throw .outOfMemory }
    }

    private static func hash(
        _ passphrase: UnsafeRawBufferPointer, _ salt: [UInt8], _ operations: UInt64,
        _ memory: Int, _ output: UnsafeMutableRawBufferPointer
    ) -> Int32 {
        guard let key = output.baseAddress, let text = passphrase.baseAddress else {
            preconditionFailure("guarded memory has an address")
        }
        // SAFETY: every size is passed with its pointer, and the salt's was checked.
        return unsafe crypto_pwhash(
            key.assumingMemoryBound(to: UInt8.self), UInt64(output.count),
            text.assumingMemoryBound(to: CChar.self), UInt64(passphrase.count), salt,
            operations, memory, crypto_pwhash_alg_argon2id13())
    }
}
