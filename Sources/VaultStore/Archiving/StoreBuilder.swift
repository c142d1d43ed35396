public import VaultSeal

import LMDB

/// Makes the file of a restored store from what an archive says, up to one revision.
///
/// The file is no vault before `finish` has returned: it has no head, and its directory no
/// `CURRENT`.
///
/// Used by one thread at a time.
public final class StoreBuilder {
    /// What a restored store is.
    public struct Outcome: Equatable, Sendable {
        public var records: UInt64
        public var leases: UInt64
        /// Leases that keys still hung on and that had ended after the point of the restore.
        public var revivedLeases: UInt64
    }

    /// How long a lease lasts that ended after the point of the restore, once it is accepted.
    static let revivedSeconds: Int64 = 3_600

    private let log: RecordLog
    private let lastRevision: Int64
    private var transaction: WriteTransaction?
    private var waitingBytes = 0
    private var waitingRecords = 0
    private var scratch: [UInt8] = []
    private var head = StoreHead(stateHash: .zero)
    private var leased: [Bytes: LeaseID] = [:]
    private var leaseIDs: Set<LeaseID> = []
    private var revived: UInt64 = 0

    private init(_ log: RecordLog, lastRevision: Int64) {
        self.log = log
        self.lastRevision = lastRevision
    }

    deinit {
        // Whatever was not finished; before the file is closed.
        transaction = nil
        log.environment.close()
    }

    /// Makes the file in `directory`, where there must be none.
    ///
    /// - Parameter lastRevision: later changes are left out.
    public static func create(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        lastRevision: Int64
    ) throws(StoreError) -> StoreBuilder {
        StoreBuilder(
            try RecordLog.open(
                in: directory, cipher: cipher, stateHashKey: stateHashKey, create: true),
            lastRevision: lastRevision)
    }

    /// Takes the next record, in rising order.
    ///
    /// - Parameters:
    ///   - digest: what it adds to the state hash.
    ///   - sealed: the same record as the store's cipher sealed it.
    public func record(
        main: Int64, sub: UInt32, payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(StoreError) {
        guard main <= lastRevision else { return }
        guard let record = LogRecord.decode(payload) else {
            throw .damaged("the record at \(main).\(sub) is malformed")
        }
        noteLease(of: record)
        let table = log.log
        try write { (transaction) throws(StoreError) in
            try LogKey(main: main, sub: sub).withBytes { (key) throws(StoreError) in
                try RecordLog.reserve(
                    table, key, count: sealed.count, isLast: true, in: &transaction
                ) { (output) throws(SealError) in output.copyMemory(from: sealed) }
            }
        }
        head.recordCount += 1
        head.stateHash?.add(digest)
        waitingBytes += sealed.count
        waitingRecords += 1
        if waitingRecords >= Limits.copySliceRecordsMax || waitingBytes >= Limits.copySliceBytesMax
        {
            try commit()
        }
    }

    private func noteLease(of record: LogRecord) {
        if record.kind == .put, record.lease != 0 {
            leased[Bytes(record.key)] = LeaseID(record.lease)
        } else if !leased.isEmpty {
            leased[Bytes(record.key)] = nil
        }
    }

    /// Takes a lease, as its payload says, after the records.
    public func lease(
        id: Int64, payload: UnsafeRawBufferPointer
    ) throws(StoreError) {
        guard let record = LeaseRecord.decode(payload) else {
            throw .damaged("a lease is malformed")
        }
        try put(record, of: LeaseID(id))
    }

    private func put(_ record: LeaseRecord, of id: LeaseID) throws(StoreError) {
        let log = log
        var digest = StateHash.zero
        try write { (transaction) throws(StoreError) in
            digest = try log.put(record, of: id, into: &transaction).digest
        }
        leaseIDs.insert(id)
        head.leaseCount += 1
        head.stateHash?.add(digest)
    }

    /// Takes the rules of access.
    public func access(payload: UnsafeRawBufferPointer) throws(StoreError) {
        guard let record = AccessRecord.decode(payload) else {
            throw .damaged("the access rules are malformed")
        }
        let log = log
        var digest = StateHash.zero
        try write { (transaction) throws(StoreError) in
            digest = try log.put(record, into: &transaction)
        }
        head.accessNumber = record.number
        head.stateHash?.add(digest)
    }

    /// Writes the head and makes the file durable. The store goes on from `currentRevision`, in
    /// quarantine.
    public func finish(
        _ summary: ArchiveSummary, currentRevision: Int64, keyringGeneration: UInt64,
        backups: BackupMark, restored: RestoreMark
    ) throws(StoreError) -> Outcome {
        for id in Set(leased.values).subtracting(leaseIDs) {
            try put(LeaseRecord(ttlSeconds: Self.revivedSeconds), of: id)
            revived += 1
        }
        head.currentRevision = currentRevision
        head.compactRevision = summary.compactRevision
        head.removals = summary.removals
        head.keyringGeneration = keyringGeneration
        head.backups = backups
        head.restored = restored
        let (log, head) = (log, head)
        try write { (transaction) throws(StoreError) in try log.put(head, into: &transaction) }
        guard let transaction = self.transaction.take() else {
            preconditionFailure("the head was written just now")
        }
        try log.commit(transaction, reservesGrowth: false)
        log.environment.close()
        return Outcome(
            records: head.recordCount, leases: head.leaseCount, revivedLeases: revived)
    }

    private func write(
        _ body: (inout WriteTransaction) throws(StoreError) -> Void
    ) throws(StoreError) {
        var open: WriteTransaction
        if let transaction = transaction.take() {
            open = transaction
        } else {
            open = try log.begin()
        }
        try body(&open)
        transaction = consume open
    }

    private func commit() throws(StoreError) {
        guard let transaction = transaction.take() else { return }
        (waitingBytes, waitingRecords) = (0, 0)
        try log.commit(transaction, isDurable: false)
    }
}
