/// Where a restored vault came from, as its audit log says it.
public struct AuditRestoration: Equatable, Sendable {
    /// The archive, 16 bytes.
    public var archiveID: [UInt8]
    /// When, milliseconds since 1970.
    public var time: Int64
    /// The last line of the lost vault's log that the archive knew of: its number, and its hash,
    /// 32 bytes.
    public var previousSequence: UInt64
    public var previousHash: [UInt8]

    public init(
        archiveID: [UInt8], time: Int64, previousSequence: UInt64, previousHash: [UInt8]
    ) {
        self.archiveID = archiveID
        self.time = time
        self.previousSequence = previousSequence
        self.previousHash = previousHash
    }

    func write(to line: inout LineBuffer) {
        line.put(",\"archive\":\"")
        archiveID.withUnsafeBytes { line.put(hexadecimal: $0) }
        line.put("\",\"restored\":")
        line.put(decimal: time)
        guard previousSequence > 0 else { return }
        line.put(",\"previousSeq\":")
        line.put(decimal: previousSequence)
        line.put(",\"previousHash\":\"")
        previousHash.withUnsafeBytes { line.put(hexadecimal: $0) }
        line.put("\"")
    }
}
