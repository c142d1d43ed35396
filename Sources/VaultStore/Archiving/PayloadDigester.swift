public import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Computes what payloads add to the state hash. Used by one thread at a time.
public struct PayloadDigester: ~Copyable {
    private let key: StateHashKey
    private var message = [UInt8](repeating: 0, count: 1 << 12)

    public init(key: StateHashKey) {
        self.key = key
    }

    deinit { Self.wipe(message) }

    private static func wipe(_ bytes: consuming [UInt8]) {
        bytes.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
    }

    /// What the record of the log at that place adds.
    public mutating func digest(
        main: Int64, sub: UInt32, payload: UnsafeRawBufferPointer
    ) throws(StoreError) -> StateHash {
        try digest(of: payload, at: .log(main: UInt64(bitPattern: main), sub: sub))
    }

    mutating func digest(
        of payload: UnsafeRawBufferPointer, at place: RecordPlace
    ) throws(StoreError) -> StateHash {
        let count = StateHashKey.placeCount + payload.count
        if message.count < count {
            Self.wipe(message)
            message = [UInt8](repeating: 0, count: 2 * count)
        }
        let key = key
        let outcome: Result<StateHash, SealError> = message.withUnsafeMutableBytes { message in
            UnsafeMutableRawBufferPointer(rebasing: message[StateHashKey.placeCount..<count])
                .copyMemory(from: payload)
            do throws(SealError) {
                return .success(
                    try key.digest(
                        of: UnsafeMutableRawBufferPointer(rebasing: message[..<count]), at: place))
            } catch { return .failure(error) }
        }
        do throws(SealError) { return try outcome.get() } catch {
            throw .storage("a record could not be hashed: \(error)")
        }
    }
}
