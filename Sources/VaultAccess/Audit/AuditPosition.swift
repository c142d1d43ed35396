/// Where the audit log is, for those who look after it.
public struct AuditPosition: Equatable, Sendable {
    /// The number of the last line.
    public var sequence: UInt64
    /// The hash of all lines.
    public var hash: [UInt8]
    /// Bytes of the current file.
    public var fileBytes: Int64
    /// Bytes that the disk has set aside behind its end.
    public var reserveBytes: Int64
}
