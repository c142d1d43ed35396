import Sodium

/// The keys of the audit log: one authenticates its chain, one hashes the key names in it, a pair
/// for each root key that the vault had. The newest pair writes; the others verify what was written
/// before. Any thread may use it, many at once; nothing takes memory from the heap.
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

    private static let pairCount = 2 * ShortHash.keyCount

    /// How many pairs there are.
    private let count: Int

    init(_ purposes: borrowing PurposeKeys) throws(SealError) {
        let count = purposes.count
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: count * Self.pairCount)
        }
        secret.withMutableBytes { bytes in
            for index in 0..<count {
                let pair = bytes.part(index * Self.pairCount, Self.pairCount)
                purposes.derive(
                    .auditChain, at: index, into: pair.part(0, ShortHash.keyCount))
                purposes.derive(
                    .auditKeyNames, at: index,
                    into: pair.part(ShortHash.keyCount, ShortHash.keyCount))
            }
        }
        self.secret = secret
        self.count = count
    }

    /// Takes 32 bytes for both keys, in this order, and wipes the source. For tests and tools
    /// that have no vault: a vault's own come from `KeyringFile.openAll`.
    package init(wiping bytes: inout [UInt8]) throws(SealError) {
        precondition(bytes.count == Self.pairCount, "two keys of 16 bytes")
        count = 1
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
        digest(message, pair: count - 1, keyOffset: 0, output)
    }

    /// Whether `mac` is a MAC of `message` under one of the pairs from `pair` on, which is raised
    /// to the one that it is under: in a log they only rise. False when closed.
    public func isMAC(
        _ mac: some Collection<UInt8>, of message: UnsafeRawBufferPointer, from pair: inout Int
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.digestCount, alignment: 8) { own in
            for candidate in pair..<count
            where digest(message, pair: candidate, keyOffset: 0, own) && own.elementsEqual(mac) {
                pair = candidate
                return true
            }
            return false
        }
    }

    /// Writes the hash of a key's name to `output`, which has `digestCount` bytes. False when
    /// closed.
    public func keyHash(
        of name: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        digest(name, pair: count - 1, keyOffset: ShortHash.keyCount, output)
    }

    @inline(__always)
    private func digest(
        _ message: UnsafeRawBufferPointer, pair: Int, keyOffset: Int,
        _ output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let stripe = gate.enter() else { return false }
        defer { gate.leave(stripe) }
        secret.withBytes { keys in
            ShortHash.digest(
                of: message, key: keys.part(pair * Self.pairCount + keyOffset, ShortHash.keyCount),
                into: output)
        }
        return true
    }
}
