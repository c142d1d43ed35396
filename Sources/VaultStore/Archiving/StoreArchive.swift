import LMDB
import VaultSeal

/// Walks a store for an archive of it: in short snapshots while the store goes on, and the rest
/// while it stands still. Every record is opened on the way, so damage is found and not copied.
///
///     store:    1 . 2 3 . . 4 5 |6 7      advance() until nothing is left, then complete()
///     archive:  1   2 3     4 5 |6 7
///
/// SAFETY: one thread at a time has it; the one that walks waits while the writer completes it.
final class StoreArchive: @unchecked Sendable {
    private let log: RecordLog
    private let cipher: RecordCipher
    private let sink: any ArchiveSink
    private var next: LogKey
    private(set) var recordCount: Int64 = 0
    private var newestTime: Int64 = 0

    /// - Parameter revision: what lies at or before it is in an older archive; -1 for everything.
    init(of log: RecordLog, after revision: Int64, to sink: any ArchiveSink) {
        self.log = log
        cipher = log.cipher
        self.sink = sink
        next = LogKey(main: max(revision, 0) + 1, sub: 0)
    }

    /// Tells the sink the next places at or before `revision` that still exist; false at the end.
    func keep(from place: inout LogKey, upTo revision: Int64) throws(StoreError) -> Bool {
        var isDone = true
        var reached = place
        try log.scan(from: place.main, sub: place.sub) { (key, _) throws(StoreError) in
            guard key.main <= revision else { return false }
            guard !sink.isFull else {
                isDone = false
                return false
            }
            sink.kept(main: key.main, sub: key.sub)
            reached = LogKey(main: key.main, sub: key.sub + 1)
            return true
        }
        place = reached
        return !isDone
    }

    /// Hands over the next records, as many as the sink takes; false when there were none.
    func advance(isBounded: Bool = true) throws(StoreError) -> Bool {
        let before = recordCount
        try log.scan(from: next.main, sub: next.sub) { (key, sealed) throws(StoreError) in
            if isBounded && sink.isFull { return false }
            try take(key, sealed)
            return true
        }
        return recordCount > before
    }

    /// Opens a record right where the sink wants it.
    private func take(_ key: LogKey, _ sealed: UnsafeRawBufferPointer) throws(StoreError) {
        var time: Int64 = 0
        try sink.record(main: key.main, sub: key.sub, countMax: sealed.count) {
            (buffer) throws(StoreError) in
            let count = try cipher.openPayload(
                sealed, at: LogPosition(main: key.main, sub: key.sub), into: buffer)
            let payload = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard let record = LogRecord.decode(payload) else {
                throw .damaged("the record at \(key.main).\(key.sub) is malformed")
            }
            time = record.time
            return count
        }
        newestTime = max(newestTime, time)
        recordCount += 1
        next = LogKey(main: key.main, sub: key.sub + 1)
    }

    /// What is left, the leases and the rules of access. Nothing may change meanwhile.
    func complete(_ head: StoreHead) throws(StoreError) -> ArchiveSummary {
        while try advance(isBounded: false) {}
        var leases: UInt64 = 0
        let (log, sink) = (log, sink)
        try log.scanLeases { (key, sealed) throws(StoreError) in
            let (id, record) = try log.cipher.openLease(key: key, sealed: sealed)
            record.encode().withUnsafeBytes { sink.lease(id: id.rawValue, payload: $0) }
            leases += 1
        }
        let access = try log.accessRecord()
        guard leases == head.leaseCount, access?.number ?? 0 == head.accessNumber else {
            throw .damaged("leases or access rules are not the ones that were written last")
        }
        access?.encode().withUnsafeBytes { sink.access(payload: $0) }
        var summary = ArchiveSummary(head)
        summary.newestTime = newestTime
        return summary
    }
}
