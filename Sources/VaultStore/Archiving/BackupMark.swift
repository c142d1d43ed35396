/// What a vault remembers of its archives, in its sealed head. A directory whose newest archive is
/// older than what was confirmed here was rolled back.
public struct BackupMark: Equatable, Sendable {
    static let byteCount = 64

    /// Archives that were made, ever; the newest has this number.
    public var sequence: UInt64
    /// The digest of the newest one, 32 bytes.
    public var digest: [UInt8]
    /// The newest archive whose maker said that it lies on a disk, durable; 0 when none did.
    public var confirmedSequence: UInt64 = 0
    /// The newest revision in it.
    public var confirmedRevision: Int64 = 0
    /// When it was made, milliseconds since 1970.
    public var confirmedTime: Int64 = 0

    public init(sequence: UInt64, digest: [UInt8]) {
        precondition(digest.count == 32, "a digest has 32 bytes")
        self.sequence = sequence
        self.digest = digest
    }

    func encode() -> Bytes {
        var output = Bytes()
        func append(_ number: UInt64) {
            withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
        }
        append(sequence)
        output.append(contentsOf: digest)
        append(confirmedSequence)
        append(UInt64(bitPattern: confirmedRevision))
        append(UInt64(bitPattern: confirmedTime))
        return output
    }

    init?(_ field: UnsafeRawBufferPointer) {
        guard field.count == Self.byteCount else { return nil }
        func number(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: field.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        sequence = number(0)
        digest = Array(field[8..<40])
        confirmedSequence = number(40)
        confirmedRevision = Int64(bitPattern: number(48))
        confirmedTime = Int64(bitPattern: number(56))
        guard sequence > 0, confirmedSequence <= sequence else { return nil }
    }
}
