/// A value and where in the vault's time it is from.
public struct Secret: Equatable, Sendable {
    /// The value's bytes.
    public let value: [UInt8]
    /// The revision that stored it.
    public let revision: Int64
    /// 1 for the put that created the key, one more for each put since.
    public let version: Int64
}
