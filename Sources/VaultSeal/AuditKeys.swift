import Sodium

/// The two keys of the audit log: one authenticates its chain, one hashes the key names in it.
/// Any thread may use it, many at once; nothing takes memory from the heap.
///
/// Both are SipHash-2-4 keys with 128 bits of output: a pseudorandom function at a tenth of the
/// cost of keyed BLAKE2b. It authenticates hashes that BLAKE2b made collision-free, never content
/// (docs/formats.md, "Audit log").
public final class AuditKeys: Sendable {
    /// Bytes of a MAC, and of a key name's hash.
    public static let digestCount = ShortHash.digestCount

    // SAFETY: read by operations that are inside `gate`; written once, by `close`, when the gate
    // is shut and everybody is out.
    @exclusivity(unchecked) private nonisolated(unsafe) var secret: SecretBytes
    private let gate = OperationGate()

    init(rootKey: borrowing RootKey) throws(SealError) {
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: 2 * ShortHash.keyCount)
        }
        secret.withMutableBytes { bytes in
            rootKey.derive(.auditChain, into: bytes.part(0, ShortHash.keyCount))
            rootKey.derive(
                .auditKeyNames, into: bytes.part(ShortHash.keyCount, ShortHash.keyCount))
        }
        self.secret = secret
    }

    /// Takes 32 bytes for both keys, in this order, and wipes the source. For tests and tools
    /// that have no vault: a vault's own come from `KeyringFile.openAll`.
    package init(wiping bytes: inout [UInt8]) throws(SealError) {
        precondition(bytes.count == 2 * ShortHash.keyCount, "two keys of 16 bytes")
        secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(wiping: &bytes)
        }
    }

    /// Wipes the keys now, whoever else still holds this; what is under way ends first. Everything
    /// afterwards returns false. Without it the last owner's going does the same.
    public func close() {
        guard gate.close() else { return }
        secret.erase()
    }

    /// Writes the MAC of `message` to `output`, which has `digestCount` bytes. False when closed.
    public func mac(
        of message: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        digest(message, keyOffset: 0, output)
    }

    /// Writes the hash of a key's name to `output`, which has `digestCount` bytes. False when
    /// closed.
    public func keyHash(
        of name: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        digest(name, keyOffset: ShortHash.keyCount, output)
    }

    @inline(__always)
    private func digest(
        _ message: UnsafeRawBufferPointer, keyOffset: Int, _ output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let stripe = gate.enter() else { return false }
        defer { gate.leave(stripe) }
        secret.withBytes { keys in
            ShortHash.digest(
                of: message, key: keys.part(keyOffset, ShortHash.keyCount), into: output)
        }
        return true
    }
}
