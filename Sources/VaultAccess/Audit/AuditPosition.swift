/// Where the log is now.
public struct AuditPosition: Hashable, Sendable {
    /// The number of the last line.
    public var sequence: UInt64
    /// The last line's hash, in hexadecimal; empty before the first line.
    public var hash: String
    /// Bytes of the file that is written to.
    public var fileBytes: Int64
    /// Bytes set aside for administrators on a full disk.
    public var reserveBytes: Int64

    init(_ writer: borrowing AuditWriter) {
        sequence = writer.chain.point.sequence
        var text = LineBuffer(capacity: 2 * AuditHash.count)
        if sequence > 0 { writer.chain.point.hash.withBytes { text.put(hexadecimal: $0) } }
        hash = String(decoding: text.bytes, as: UTF8.self)
        fileBytes = writer.size
        reserveBytes = Int64(writer.settings.reserveBytes)
    }
}
