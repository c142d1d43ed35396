import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Tells what a record adds to the state hash.
struct RecordDigester {
    let cipher: RecordCipher
    let key: StateHashKey

    /// What a sealed record adds to the state hash. It is opened for that, so damage is found.
    ///
    /// - Parameter what: the record, for an error.
    func digest(
        ofSealed sealed: UnsafeRawBufferPointer, at place: RecordPlace, what: () -> String
    ) throws(StoreError) -> StateHash {
        let outcome: Result<StateHash, SealError> = Self.withMessage(payloadMax: sealed.count) {
            (message) throws(SealError) in
            let room = UnsafeMutableRawBufferPointer(rebasing: message[StateHashKey.placeCount...])
            let count = StateHashKey.placeCount + (try cipher.open(sealed, at: place, into: room))
            return try key.digest(
                of: UnsafeMutableRawBufferPointer(rebasing: message[..<count]), at: place)
        }
        do throws(SealError) { return try outcome.get() } catch {
            throw .damaged("\(what()) does not verify")
        }
    }

    /// What a record with that payload adds to the state hash.
    func digest(
        ofPayload payload: UnsafeRawBufferPointer, at place: RecordPlace
    ) throws(StoreError) -> StateHash {
        let outcome: Result<StateHash, SealError> = Self.withMessage(payloadMax: payload.count) {
            (message) throws(SealError) in
            UnsafeMutableRawBufferPointer(rebasing: message[StateHashKey.placeCount...])
                .copyMemory(from: payload)
            return try key.digest(of: message, at: place)
        }
        do throws(SealError) { return try outcome.get() } catch {
            throw .storage("a record could not be hashed: \(error)")
        }
    }

    /// Lends room for a place and a payload, and wipes it afterwards.
    private static func withMessage(
        payloadMax: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(SealError) -> StateHash
    ) -> Result<StateHash, SealError> {
        withUnsafeTemporaryAllocation(
            byteCount: StateHashKey.placeCount + payloadMax, alignment: 16
        ) { message in
            defer {
                if let base = message.baseAddress { explicit_bzero(base, message.count) }
            }
            do throws(SealError) { return .success(try body(message)) } catch {
                return .failure(error)
            }
        }
    }
}
