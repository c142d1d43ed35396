/// What can be said about a data key.
public struct DataKeyDescription: Sendable, Hashable {
    /// 1 or more; the highest seals.
    public let number: UInt32
    /// When it was made; seconds since 1970.
    public let created: UInt64
}
