import Sodium

/// The key of the state hash, and of the anchor that tells of it. It outlives every data key and
/// root key. Any thread may use it, many at once.
public final class StateHashKey: Sendable {
    /// Bytes before a payload that `digest` fills with its place.
    public static let placeCount = 16
    private static let keyCount = 32

    // SAFETY: read by operations that are inside `gate`; written once, by `close`, when the gate
    // is shut and everybody is out.
    @exclusivity(unchecked) private nonisolated(unsafe) var secret: SecretBytes
    private let gate = OperationGate()

    /// Of the first root key, so that records need not be hashed anew when it changes.
    init(_ purposes: borrowing PurposeKeys) throws(SealError) {
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Self.keyCount)
        }
        secret.withMutableBytes { purposes.derive(.stateHash, at: 0, into: $0) }
        self.secret = secret
    }

    /// Wipes the key now, whoever else still holds this; what is under way ends first. Everything
    /// afterwards throws `.closed`. Without it the last owner's going does the same.
    public func close() {
        guard gate.close() else { return }
        secret.erase()
    }

    /// What one record adds to the state hash: BLAKE2b-512, keyed, of its place and its payload.
    ///
    /// The payload lies in `message` behind `placeCount` bytes, which are overwritten: so nothing
    /// is copied, and what is hashed lies in one piece. Takes no memory from the heap.
    public func digest(
        of message: UnsafeMutableRawBufferPointer, at place: RecordPlace
    ) throws(SealError) -> StateHash {
        RecordAssociatedData.write(place, to: message.part(0, Self.placeCount))
        guard let stripe = gate.enter() else { throw .closed }
        defer { gate.leave(stripe) }
        return withUnsafeTemporaryAllocation(byteCount: StateHash.byteCount, alignment: 8) {
            output in
            secret.withBytes { key in
                KeyedHash.digest(of: UnsafeRawBufferPointer(message), key: key, into: output)
            }
            return StateHash(UnsafeRawBufferPointer(output))
        }
    }

    /// Keyed BLAKE2b of a message of this module, which no record's can be.
    func mac(of message: [UInt8], count: Int) throws(SealError) -> [UInt8] {
        guard let stripe = gate.enter() else { throw .closed }
        defer { gate.leave(stripe) }
        var output = [UInt8](repeating: 0, count: count)
        message.withUnsafeBytes { message in
            output.withUnsafeMutableBytes { output in
                secret.withBytes { KeyedHash.digest(of: message, key: $0, into: output) }
            }
        }
        return output
    }
}
