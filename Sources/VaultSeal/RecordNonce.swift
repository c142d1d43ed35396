import Sodium

/// Makes the nonce of a record: random bytes, hedged with the record's place and content.
///
/// On a virtual machine that was cloned or rolled back the same random bytes may come twice.
/// Then two records still get different nonces unless they are equal. Where the random bytes are
/// good, the result is as random as they are: the hedge does not depend on them.
enum RecordNonce {
    /// Associated data and one digest: what the second hash is over.
    static let scratchCount = RecordFormat.associatedDataCount + ShortHash.digestCount

    /// Hedges `nonce`, which holds random bytes. `keys` are two keys of `ShortHash`; `scratch`
    /// begins with the associated data and has `scratchCount` bytes.
    static func hedge(
        _ nonce: UnsafeMutableRawBufferPointer, keys: UnsafeRawBufferPointer,
        scratch: UnsafeMutableRawBufferPointer, plaintext: UnsafeRawBufferPointer
    ) {
        let inner = scratch.part(RecordFormat.associatedDataCount, ShortHash.digestCount)
        ShortHash.digest(of: plaintext, key: keys.part(0, ShortHash.keyCount), into: inner)
        withUnsafeTemporaryAllocation(byteCount: ShortHash.digestCount, alignment: 8) { outer in
            ShortHash.digest(
                of: UnsafeRawBufferPointer(scratch),
                key: keys.part(ShortHash.keyCount, ShortHash.keyCount), into: outer)
            for offset in 0..<ShortHash.digestCount {
                nonce[offset] ^= outer[offset]
            }
        }
    }
}
