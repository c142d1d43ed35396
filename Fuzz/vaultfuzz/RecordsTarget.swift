@testable import VaultSeal
@testable import VaultStore

/// What stands inside of sealed records. They are authentic, and a version with a bug may have
/// written them. What is read is written again as it was.
final class RecordsTarget: FuzzTarget {
    func take(_ input: [UInt8]) {
        var input = Input(input)
        let kind = input.byte()
        let bytes = input.remainder()
        bytes.withUnsafeBytes { take(kind, $0) }
    }

    private func take(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer) {
        switch kind % 7 {
        case 0:
            guard let record = LogRecord.decode(bytes) else { return }
            var again = [UInt8](
                repeating: 0,
                count: LogRecord.encodedCount(
                    kind: record.kind, key: record.key.count, value: record.value.count))
            again.withUnsafeMutableBytes { record.encode(into: $0) }
            require(again.elementsEqual(bytes), "a record is written as it was read")
        case 1:
            guard let lease = LeaseRecord.decode(bytes) else { return }
            require(lease.encode().elementsEqual(bytes), "a lease is written as it was read")
        case 2:
            guard let access = AccessRecord.decode(bytes) else { return }
            require(access.encode().elementsEqual(bytes), "rules are written as they were read")
        case 3: takeHead(bytes)
        case 4:
            guard let summary = ArchiveSummary(bytes, auditSequence: 0) else { return }
            require(summary.encode().elementsEqual(bytes), "a summary is written as it was read")
        case 5:
            guard let key = LogKey(bytes) else { return }
            key.withBytes { require($0.elementsEqual(bytes), "a place is written as it was read") }
        default:
            guard bytes.count >= RecordFormat.headerCount else { return }
            do throws(SealError) { _ = try RecordHeader(bytes) } catch {}
        }
    }

    /// It may hold fields of a newer version, which are passed over.
    private func takeHead(_ bytes: UnsafeRawBufferPointer) {
        guard let head = StoreHead.decode(bytes) else { return }
        let again = head.encode().withUnsafeBytes { StoreHead.decode($0) }
        require(again == head, "a head is read as it was written")
    }

    var seeds: [[UInt8]] {
        var head = StoreHead(stateHash: .zero)
        head.accessNumber = 3
        head.keyringGeneration = 2
        head.removals = 1
        _ = head.alarms.insert(Alarm(member: 1, kind: .noSpace))
        head.backups = BackupMark(sequence: 7, digest: [UInt8](repeating: 9, count: 32))
        head.restored = RestoreMark(
            time: 5, archiveID: [UInt8](repeating: 1, count: 16), auditSequence: 6,
            auditHash: [UInt8](repeating: 2, count: 32))
        let put: [UInt8] =
            [1, 1] + [UInt8](repeating: 1, count: 32) + [3, 0, 0, 0] + Array("keyvalue".utf8)
        let tombstone: [UInt8] =
            [1, 2] + [UInt8](repeating: 1, count: 8) + [3, 0, 0, 0] + Array("key".utf8)
        return [
            [0] + put, [0] + tombstone, [1] + Array(LeaseRecord(ttlSeconds: 60).encode()),
            [2] + Array(AccessRecord(number: 2, content: Bytes("rules".utf8)).encode()),
            [3] + Array(head.encode()), [4] + ArchiveSummary(head).encode(),
            [5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1], [6, 1] + [UInt8](repeating: 0, count: 40),
        ]
    }
}
