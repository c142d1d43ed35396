import VaultSeal

/// What the store must remember beside its records, sealed and rewritten with every commit
/// (docs/formats.md, "state payload"). The scan at unseal is held against it.
struct StoreHead: Equatable {
    static let formatVersion: UInt8 = 1
    static let encodedCount = 106

    /// The last revision given out. Survives the compaction of every record that bore it.
    var currentRevision: Int64 = Revision.initial.rawValue
    /// Revisions below are forgotten; -1 when nothing was compacted.
    var compactRevision: Int64 = -1
    /// Records in the log.
    var recordCount: UInt64 = 0
    /// The number of the LMDB transaction that wrote this head. Pages that a power cut kept from
    /// the disk may hold an older state that is whole in itself; this tells it from the newest.
    var transaction: UInt64 = 0
    /// A compaction to this revision has begun and not finished; 0 when none is under way.
    var unfinishedCompaction: Int64 = 0
    /// Rows of the table of leases.
    var leaseCount: UInt64 = 0
    /// What an operator raised.
    var alarms = AlarmList()
    /// How often the access record was written; 0 when there is none.
    var accessNumber: UInt64 = 0
    /// The highest number of a keyring that was in use; 0 before one was noted. An older keyring,
    /// in which a key slot that was removed since still opens, is told by it.
    var keyringGeneration: UInt64 = 0
    /// Records that were removed from the log, ever: when two archives have the same number, all
    /// that is in the older one still exists.
    var removals: UInt64 = 0
    /// Where a restored store came from, until somebody accepts it.
    var restored: RestoreMark?
    /// What is known of the archives; nil before the first.
    var backups: BackupMark?
    /// What was sealed under the newest data key; nil before it was counted.
    var sealing: SealingCount?
    /// The last line of the audit log that was on its disk and had a MAC when the store was opened
    /// or closed last; 0 before that was noted. A log that does not reach it is not the one.
    var auditSequence: UInt64 = 0
    /// The sum over every record of every table but this head; nil in a vault that was written
    /// before there was one, until its next commit.
    var stateHash: StateHash?

    /// What may follow the fixed fields.
    private enum Tag {
        static let leaseCount: UInt16 = 1
        static let alarms: UInt16 = 2
        static let accessNumber: UInt16 = 3
        static let keyringGeneration: UInt16 = 4
        static let removals: UInt16 = 5
        static let restored: UInt16 = 6
        static let backups: UInt16 = 7
        static let sealing: UInt16 = 8
        static let auditSequence: UInt16 = 9
    }
    private static let fieldHeaderCount = 8
    private static let hashOffset = 42
    /// In the byte of the alarms' flags. A version that does not know it refuses the head, which
    /// is right: it would not keep the hash.
    private static let hasStateHash: UInt8 = 4

    func encode() -> Bytes {
        var output = Bytes()
        output.reserveCapacity(Self.encodedCount)
        output.append(Self.formatVersion)
        output.append(flags)
        append(UInt64(bitPattern: currentRevision), to: &output)
        append(UInt64(bitPattern: compactRevision), to: &output)
        append(recordCount, to: &output)
        append(UInt64(bitPattern: unfinishedCompaction), to: &output)
        append(transaction, to: &output)
        appendStateHash(to: &output)
        append(leaseCount, as: Tag.leaseCount, to: &output)
        if !alarms.alarms.isEmpty { append(alarms.encode(), as: Tag.alarms, to: &output) }
        if accessNumber > 0 { append(accessNumber, as: Tag.accessNumber, to: &output) }
        if keyringGeneration > 0 {
            append(keyringGeneration, as: Tag.keyringGeneration, to: &output)
        }
        if removals > 0 { append(removals, as: Tag.removals, to: &output) }
        if let restored { append(restored.encode(), as: Tag.restored, to: &output) }
        if let backups { append(backups.encode(), as: Tag.backups, to: &output) }
        if let sealing { append(sealing.encode(), as: Tag.sealing, to: &output) }
        if auditSequence > 0 { append(auditSequence, as: Tag.auditSequence, to: &output) }
        return output
    }

    private var flags: UInt8 {
        alarms.flags | (stateHash == nil ? 0 : Self.hasStateHash)
    }

    private func appendStateHash(to output: inout Bytes) {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: StateHash.byteCount))
        guard let stateHash else { return }
        output.withUnsafeMutableBytes { bytes in
            stateHash.encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
    }

    private func append(_ word: UInt64, to output: inout Bytes) {
        withUnsafeBytes(of: word.littleEndian) { output.append(contentsOf: $0) }
    }

    private func append(_ word: UInt64, as tag: UInt16, to output: inout Bytes) {
        withUnsafeBytes(of: word.littleEndian) { append(Bytes($0), as: tag, to: &output) }
    }

    private func append(_ field: Bytes, as tag: UInt16, to output: inout Bytes) {
        withUnsafeBytes(of: tag.littleEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: [0, 0])
        withUnsafeBytes(of: UInt32(field.count).littleEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: field)
    }

    /// Reads a head; fields after the known ones are for newer versions and are passed over.
    static func decode(_ input: UnsafeRawBufferPointer) -> StoreHead? {
        guard input.count >= encodedCount, input[0] == formatVersion else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        var head = StoreHead(
            currentRevision: Int64(bitPattern: word(2)),
            compactRevision: Int64(bitPattern: word(10)), recordCount: word(18),
            transaction: word(34), unfinishedCompaction: Int64(bitPattern: word(26)))
        let hash = UnsafeRawBufferPointer(rebasing: input[hashOffset..<encodedCount])
        if input[1] & hasStateHash != 0 {
            head.stateHash = StateHash(hash)
        } else if hash.contains(where: { $0 != 0 }) {
            return nil
        }
        guard head.currentRevision >= 1, head.compactRevision >= -1,
            head.compactRevision <= head.currentRevision, head.unfinishedCompaction >= 0,
            head.unfinishedCompaction <= head.currentRevision
        else { return nil }
        let fields = UnsafeRawBufferPointer(rebasing: input[encodedCount...])
        return head.readFields(fields) && head.flags == input[1] ? head : nil
    }

    /// False when the bytes are not fields from the first to the last.
    private mutating func readFields(_ input: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset < input.count {
            let start = offset + Self.fieldHeaderCount
            guard start <= input.count else { return false }
            let tag = input.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
            let reserved = input.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)
            let count = Int(
                UInt32(
                    littleEndian: input.loadUnaligned(
                        fromByteOffset: offset + 4, as: UInt32.self)))
            guard reserved == 0, count <= input.count - start else { return false }
            let field = UnsafeRawBufferPointer(rebasing: input[start..<(start + count)])
            guard readField(UInt16(littleEndian: tag), field) else { return false }
            offset = start + count
        }
        return true
    }

    private mutating func readField(_ tag: UInt16, _ field: UnsafeRawBufferPointer) -> Bool {
        var word: UInt64? {
            field.count == 8 ? UInt64(littleEndian: field.loadUnaligned(as: UInt64.self)) : nil
        }
        switch tag {
        case Tag.leaseCount:
            guard let word else { return false }
            leaseCount = word
        case Tag.alarms:
            guard let list = AlarmList(field) else { return false }
            alarms = list
        case Tag.accessNumber:
            guard let word, word > 0 else { return false }
            accessNumber = word
        case Tag.keyringGeneration:
            guard let word, word > 0 else { return false }
            keyringGeneration = word
        case Tag.removals:
            guard let word, word > 0 else { return false }
            removals = word
        case Tag.restored:
            guard let mark = RestoreMark(field) else { return false }
            restored = mark
        case Tag.backups:
            guard let mark = BackupMark(field) else { return false }
            backups = mark
        case Tag.sealing:
            guard let count = SealingCount(field) else { return false }
            sealing = count
        case Tag.auditSequence:
            guard let word, word > 0 else { return false }
            auditSequence = word
        default: break
        }
        return true
    }
}
