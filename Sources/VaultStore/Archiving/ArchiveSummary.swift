public import VaultSeal

/// A store as it was at the end of an archive of it.
public struct ArchiveSummary: Equatable, Sendable {
    /// Bytes of an encoded summary.
    public static let byteCount = 160

    public var currentRevision: Int64
    /// Revisions below are forgotten; -1 when nothing was compacted.
    public var compactRevision: Int64
    /// Records in the log of the whole store, not of the archive alone.
    public var recordCount: UInt64
    public var leaseCount: UInt64
    /// How often the rules of access were written; 0 when never.
    public var accessNumber: UInt64
    /// Records that were removed from the log, ever.
    public var removals: UInt64
    public var keyringGeneration: UInt64
    /// When the newest record was written, milliseconds since 1970; 0 when there is none.
    public var newestTime: Int64 = 0
    public var stateHash: StateHash
    /// The audit log's newest line: its number and its hash (32 bytes); 0 and zeros without one.
    public var auditSequence: UInt64 = 0
    public var auditHash = [UInt8](repeating: 0, count: 32)

    init(_ head: StoreHead) {
        currentRevision = head.currentRevision
        compactRevision = head.compactRevision
        recordCount = head.recordCount
        leaseCount = head.leaseCount
        accessNumber = head.accessNumber
        removals = head.removals
        keyringGeneration = head.keyringGeneration
        // Only a store of before there was a hash that was never written to since has none.
        stateHash = head.stateHash ?? .zero
    }

    /// The `byteCount` bytes, as docs/formats.md has them.
    public func encode() -> [UInt8] {
        var output: [UInt8] = []
        let numbers: [UInt64] = [
            UInt64(bitPattern: currentRevision), UInt64(bitPattern: compactRevision), recordCount,
            leaseCount, accessNumber, removals, keyringGeneration,
            UInt64(bitPattern: newestTime),
        ]
        for number in numbers {
            withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
        }
        let start = output.count
        output += [UInt8](repeating: 0, count: StateHash.byteCount)
        output.withUnsafeMutableBytes { bytes in
            stateHash.encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        return output + auditHash
    }

    /// Reads a summary; nil when the bytes are none.
    ///
    /// - Parameter auditSequence: it stands in the archive's footer, where it can be read by all.
    public init?(_ bytes: UnsafeRawBufferPointer, auditSequence: UInt64) {
        guard bytes.count == Self.byteCount else { return nil }
        func number(_ index: Int) -> UInt64 {
            UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        currentRevision = Int64(bitPattern: number(0))
        compactRevision = Int64(bitPattern: number(1))
        recordCount = number(2)
        leaseCount = number(3)
        accessNumber = number(4)
        removals = number(5)
        keyringGeneration = number(6)
        newestTime = Int64(bitPattern: number(7))
        let hash = 64..<(64 + StateHash.byteCount)
        stateHash = StateHash(UnsafeRawBufferPointer(rebasing: bytes[hash]))
        auditHash = Array(bytes[hash.upperBound...])
        self.auditSequence = auditSequence
        guard currentRevision >= 1, compactRevision >= -1, compactRevision <= currentRevision
        else { return nil }
    }
}
