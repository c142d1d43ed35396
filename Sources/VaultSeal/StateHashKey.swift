import Sodium

/// The key of the state hash. It hangs from the root key, so the hash outlives every data key. Any
/// thread may use it, many at once; nothing takes memory from the heap.
public final class StateHashKey: Sendable {
    /// Bytes before a payload that `digest` fills with its place.
    public static let placeCount = 16

    // SAFETY: read by operations that are inside `gate`; written once, by `close`, when the gate
    // is shut and everybody is out.
    @exclusivity(unchecked) private nonisolated(unsafe) var secret: SecretBytes
    private let gate = OperationGate()

    init(rootKey: borrowing RootKey) throws(SealError) {
        secret = try rootKey.subkey(.stateHash)
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
    /// is copied, and what was hashed lies in one piece.
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
}
