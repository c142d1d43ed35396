/// A line that a crash or a full disk had left half written, and that was cut off.
public struct TornLine: Equatable, Sendable, JSONMapped {
    /// Bytes that there were of it.
    public var byteCount = 0

    public init() {}

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.field("bytes", &byteCount)
    }
}
