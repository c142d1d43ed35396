import VaultSeal

/// When a data key has been in use for long enough.
public struct RotationPolicy: Equatable, Sendable {
    /// Milliseconds; 0 is no limit, as for the others.
    public var age = Limits.rotateAfterDefault
    /// Records that were sealed under it.
    public var records = UInt64(Limits.rotateAfterRecordsDefault)
    /// Their bytes, with padding.
    public var bytes = UInt64(Limits.rotateAfterBytesDefault)

    public init() {}

    /// Why a key is replaced.
    enum Reason: String, Sendable {
        case age, records, bytes
    }

    /// Whether there is anything to look at.
    var isActive: Bool { age > 0 || records > 0 || bytes > 0 }

    /// Why the newest data key must be replaced now; nil when it need not.
    ///
    /// The rewrap that follows seals everything in the store once more. A limit that is less than
    /// that would have each rotation bring about the next one, so what is in the store counts
    /// twice as the limit then.
    ///
    /// - Parameters:
    ///   - created: when it was made, seconds since 1970.
    ///   - now: milliseconds since 1970.
    ///   - stored: records in the store, and their bytes.
    func reason(
        created: UInt64, now: Int64, sealing: SealingCount,
        stored: (records: UInt64, bytes: UInt64)
    ) -> Reason? {
        if age > 0, Int64(clamping: created) < (now - age) / 1_000 { return .age }
        if records > 0, sealing.records >= max(records, 2 * stored.records) { return .records }
        if bytes > 0, sealing.bytes >= max(bytes, 2 * stored.bytes) { return .bytes }
        return nil
    }
}
