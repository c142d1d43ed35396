/// How much was sealed under one data key, records that are gone by now included.
public struct SealingCount: Equatable, Sendable {
    /// The data key's number.
    public var dataKey: UInt32
    /// Times that something was sealed, whatever it was and whether it was kept.
    public var records: UInt64
    /// Bytes of plaintext, with their padding.
    public var bytes: UInt64

    /// Counts from here on.
    public init(dataKey: UInt32, records: UInt64 = 0, bytes: UInt64 = 0) {
        self.dataKey = dataKey
        self.records = records
        self.bytes = bytes
    }
}
