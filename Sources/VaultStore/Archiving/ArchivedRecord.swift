/// What a record of the log says, as an archive holds it.
///
/// SAFETY: the bytes are those of the payload, and valid as long.
public struct ArchivedRecord {
    public let key: UnsafeRawBufferPointer
    /// Empty for a deletion.
    public let value: UnsafeRawBufferPointer
    public let isDeletion: Bool
    /// 0 for none.
    public let lease: Int64

    /// Reads a payload; nil when it is none.
    public init?(_ payload: UnsafeRawBufferPointer) {
        guard let record = LogRecord.decode(payload) else { return nil }
        key = record.key
        value = record.value
        isDeletion = record.kind == .tombstone
        lease = record.lease
    }

    /// The rules of access in the payload of the access record; nil when it is none.
    public static func accessRules(_ payload: UnsafeRawBufferPointer) -> [UInt8]? {
        AccessRecord.decode(payload)?.content
    }
}
