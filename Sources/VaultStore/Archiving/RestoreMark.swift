/// What a restored store remembers of where it came from, until somebody accepts it.
public struct RestoreMark: Equatable, Sendable {
    static let byteCount = 64

    /// When it was restored, milliseconds since 1970.
    public var time: Int64
    /// The archive, 16 bytes.
    public var archiveID: [UInt8]
    /// The last line of the audit log that the archive knew of: its number, 0 when there was none,
    /// and its hash, 32 bytes. The log of the restored vault goes on from there.
    public var auditSequence: UInt64
    public var auditHash: [UInt8]

    public init(time: Int64, archiveID: [UInt8], auditSequence: UInt64, auditHash: [UInt8]) {
        precondition(time > 0 && archiveID.count == 16 && auditHash.count == 32, "sizes")
        self.time = time
        self.archiveID = archiveID
        self.auditSequence = auditSequence
        self.auditHash = auditHash
    }

    func encode() -> Bytes {
        var output = Bytes()
        withUnsafeBytes(of: time.littleEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: archiveID)
        withUnsafeBytes(of: auditSequence.littleEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: auditHash)
        return output
    }

    init?(_ field: UnsafeRawBufferPointer) {
        guard field.count == Self.byteCount else { return nil }
        time = Int64(littleEndian: field.loadUnaligned(as: Int64.self))
        archiveID = Array(field[8..<24])
        auditSequence = UInt64(
            littleEndian: field.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        auditHash = Array(field[32...])
        guard time > 0 else { return nil }
    }
}
