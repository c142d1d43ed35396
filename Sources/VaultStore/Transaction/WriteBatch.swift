import LMDB
import VaultSeal

/// The requests of one commit: applied one after the other to the index and to one LMDB
/// transaction, then made durable and published together, or undone together.
///
/// The index holds versions that are not published while a batch is open. Readers ask for a
/// revision and so never see them.
struct WriteBatch: ~Copyable {
    /// What undoes a change of the index.
    private enum Undo {
        case inserted(IndexEntry)
        case appended(IndexEntry, createRevision: Int64, version: Int64)
    }

    let log: RecordLog
    let index: SharedIndex
    var transaction: WriteTransaction
    /// As it will be after the commit.
    var head: StoreHead
    var usedBytes: Int64
    /// What was refused for it holds even when the batch fails.
    var quota: Quota
    /// What every record of the batch bears; milliseconds since 1970.
    let time: Int64
    /// What watchers must be told; nil when there are none.
    private(set) var changes: [WatchChange]?
    /// What the batch does to leases.
    var leases: LeaseChanges
    private var undo: [Undo] = []
    var changesHead = false
    /// What the index forgets with the commit.
    var forgotten: [ForgottenVersions] = []
    /// Some of that is being destroyed, and readers must hear when it is over.
    var isDestroying = false
    /// Records that were written and read, and bytes that were read, in puts of a small record.
    var work = 0
    /// A failure of the file: nothing of the batch may be acknowledged.
    private(set) var failure: StoreError?
    /// A request was refused that had written something already, because of what it then read:
    /// the batch must be rolled back.
    private(set) var isHalfDone = false
    private var scratch: [UInt8] = []

    init(
        log: RecordLog, index: SharedIndex, head: StoreHead, usedBytes: Int64, quota: Quota,
        time: Int64, recordsChanges: Bool, leases: LeaseRegistry
    ) throws(StoreError) {
        self.log = log
        self.index = index
        self.head = head
        self.usedBytes = usedBytes
        self.quota = quota
        self.time = time
        changes = recordsChanges ? [] : nil
        self.leases = LeaseChanges(over: leases)
        transaction = try log.begin()
    }

    /// Something will be written.
    var isDirty: Bool { changesHead }

    /// Carries out one request. A request that is refused leaves nothing behind, unless the batch
    /// `isHalfDone`.
    mutating func apply(_ request: WriteRequest) throws(StoreError) -> WriteResult {
        if let failure { throw failure }
        let changesBefore = undo.count
        do throws(StoreError) {
            return try carryOut(request)
        } catch {
            if failure == nil, undo.count > changesBefore { isHalfDone = true }
            throw error
        }
    }

    private mutating func carryOut(_ request: WriteRequest) throws(StoreError) -> WriteResult {
        switch request {
        case .put(let put):
            try RequestChecks.check(put)
            try checkNotCorrupt()
            try checkSpace(for: Self.cost(put))
            try checkBasis(of: put)
            let change = Change(main: head.currentRevision + 1)
            let result = try apply(put, in: change)
            finish(change)
            return .put(result)
        case .delete(let delete):
            try RequestChecks.check(delete)
            try checkNotCorrupt()
            if delete.wantsPrevious { try checkAnswer([.delete(delete)]) }
            let change = Change(main: head.currentRevision + 1)
            let result = try apply(delete, in: change)
            finish(change)
            return .delete(result)
        case .transaction(let transaction):
            return .transaction(try apply(whole: transaction))
        case .compact(let revision, _):
            try checkNotCorrupt()
            try compact(to: revision)
            return .compact(revision: Revision(head.currentRevision))
        case .tidy:
            return .tidy
        case .grantLease(let id, let ttl):
            try checkNotCorrupt()
            return .leaseGranted(try grant(id, ttl: ttl))
        case .revokeLease(let id):
            try checkNotCorrupt()
            return .leaseRevoked(revision: try revoke(id))
        case .alarm(let change):
            return .alarm(try self.change(change))
        case .noteKeyring(let generation):
            if generation > head.keyringGeneration {
                head.keyringGeneration = generation
                changesHead = true
            }
            return .keyringNoted(revision: Revision(head.currentRevision))
        case .noteAudit(let sequence):
            if sequence != head.auditSequence {
                head.auditSequence = sequence
                changesHead = true
            }
            return .auditNoted(revision: Revision(head.currentRevision))
        case .accept:
            changesHead = changesHead || head.restored != nil
            head.restored = nil
            return .accepted(revision: Revision(head.currentRevision))
        case .noteBackup(let mark):
            head.backups = mark
            changesHead = true
            return .backupNoted(revision: Revision(head.currentRevision))
        case .replaceAccess(let content):
            return .accessReplaced(revision: try replaceAccess(content))
        case .destroy(let key):
            try checkNotCorrupt()
            return .destroyed(try destroy(key))
        }
    }

    private mutating func apply(
        whole transaction: Transaction
    ) throws(StoreError) -> TransactionResult {
        try checkNotCorrupt()
        try checkSpace(for: Self.cost(transaction))
        let path = try choosePath(of: transaction)
        try checkPath(path, of: transaction)
        let change = Change(main: head.currentRevision + 1)
        let result = try apply(transaction, along: path, in: change)
        finish(change)
        return result
    }

    mutating func finish(_ change: Change) {
        guard change.count > 0 else { return }
        head.currentRevision = change.main
        changesHead = true
    }

    private mutating func compact(to revision: Revision) throws(StoreError) {
        // Before the first compaction that is -1: compacting to 0 works once, as in etcd.
        guard revision.rawValue > head.compactRevision else {
            throw .compacted(oldestReadable: Revision(max(head.compactRevision, 0)))
        }
        guard revision.rawValue <= head.currentRevision else {
            throw .futureRevision(current: Revision(head.currentRevision))
        }
        head.compactRevision = revision.rawValue
        head.unfinishedCompaction = revision.rawValue
        changesHead = true
    }

    private mutating func replaceAccess(_ content: Bytes) throws(StoreError) -> Revision {
        guard content.count <= Limits.accessBytesMax else { throw .requestTooLarge }
        head.accessNumber += 1
        changesHead = true
        do throws(StoreError) {
            let old = try log.accessDigest(in: transaction)
            let new = try log.put(
                AccessRecord(number: head.accessNumber, content: content), into: &transaction)
            head.stateHash?.subtract(old)
            head.stateHash?.add(new)
        } catch { throw spoil(error) }
        return Revision(head.currentRevision)
    }

    /// A step of a compaction.
    mutating func forget(_ versions: [ForgottenVersions]) throws(StoreError) {
        for versions in versions { try remove(versions.positions) }
        forgotten += versions
    }

    /// Takes records out of the log, and leaves the index as it is.
    mutating func remove(_ positions: [LogPosition]) throws(StoreError) {
        for position in positions {
            let removed = try removeRecord(at: position)
            usedBytes -= Int64(removed.bytes)
            head.stateHash?.subtract(removed.digest)
            head.recordCount -= 1
            head.removals += 1
        }
        changesHead = true
    }

    /// The compaction to `floor` has removed all it had to.
    mutating func finishCompaction(to floor: Revision) {
        if head.unfinishedCompaction == floor.rawValue { head.unfinishedCompaction = 0 }
        changesHead = true
    }

    // MARK: - Quota

    private static func cost(_ put: PutOperation) -> Int64 {
        Limits.quotaBytesPerPut + Int64(put.key.count) + Int64(put.value.count)
    }

    /// etcd's: the dearer of the two branches, nested ones not counted.
    private static func cost(_ transaction: Transaction) -> Int64 {
        func cost(_ operations: [Operation]) -> Int64 {
            var sum: Int64 = 0
            for case .put(let put) in operations { sum += self.cost(put) }
            for case .transaction(let nested) in operations { sum += self.cost(nested) }
            return sum
        }
        return max(cost(transaction.success), cost(transaction.failure))
    }

    // MARK: - Records

    /// A failure of the file spoils the whole batch.
    mutating func spoil(_ error: StoreError) -> StoreError {
        failure = error
        return error
    }

    /// Writes a record. `value` is empty, and the numbers are zero, for a tombstone.
    mutating func append(
        _ key: Bytes, _ value: Bytes, createRevision: Int64, version: Int64, lease: LeaseID,
        at position: LogPosition
    ) throws(StoreError) {
        let kind: LogRecord.Kind = position.isTombstone ? .tombstone : .put
        try Self.withBytes(key, value) { (key, value) throws(StoreError) in
            try append(
                LogRecord(
                    kind: kind, key: key, value: value, createRevision: createRevision,
                    version: version, lease: lease.rawValue, time: time),
                at: position)
        }
        leases.attach(key, to: lease)
        changes?.append(
            WatchChange(
                key: key, value: value, isDelete: position.isTombstone,
                createRevision: Revision(createRevision), modRevision: Revision(position.main),
                version: version, lease: lease))
    }

    private mutating func append(
        _ record: LogRecord, at position: LogPosition
    ) throws(StoreError) {
        let count = LogRecord.encodedCount(
            kind: record.kind, key: record.key.count, value: record.value.count)
        do throws(StoreError) {
            let digest = try log.append(
                record, payloadCount: count, at: position, into: &transaction, &scratch)
            head.stateHash?.add(digest)
        } catch { throw spoil(error) }
        usedBytes += Int64(
            RecordLog.storedCount(
                kind: record.kind, key: record.key.count, value: record.value.count))
        head.recordCount += 1
        work += 1
        // What was refused later must still leave the head as it was.
        note(record.key, position)
    }

    private mutating func note(_ key: UnsafeRawBufferPointer, _ position: LogPosition) {
        if let entry = index.writerView({ $0.find(key) }) {
            let born = entry.generation
            undo.append(
                .appended(entry, createRevision: born.createRevision, version: born.version))
            index.change { _ in entry.append(position) }
        } else {
            undo.append(.inserted(index.change { $0.insert(key, position: position) }))
        }
    }

    private mutating func removeRecord(
        at position: LogPosition
    ) throws(StoreError) -> (bytes: Int, digest: StateHash) {
        do throws(StoreError) {
            return try log.removeRecord(at: position, from: &transaction)
        } catch { throw spoil(error) }
    }

    // MARK: - The end

    /// Makes the batch durable and visible. On failure everything is as it was before the batch.
    consuming func commit(to clock: StoreClock) throws(StoreError) -> StoreHead {
        if let failure {
            rollBack()
            throw failure
        }
        do throws(StoreError) {
            try log.put(head, into: &transaction)
        } catch {
            rollBack()
            throw error
        }
        let (log, head, usedBytes, undo, index) = (log, head, usedBytes, undo, index)
        let (forgotten, isDestroying) = (forgotten, isDestroying)
        do throws(StoreError) {
            try log.commit(transaction, reservesGrowth: false)
        } catch {
            Self.rollBack(undo, in: index)
            if isDestroying { log.destructions.end() }
            throw error
        }
        index.change { tree in
            for change in undo {
                switch change {
                case .inserted(let entry), .appended(let entry, _, _):
                    tree.setLive(entry, !entry.last.isTombstone)
                }
            }
            Self.forget(forgotten, in: &tree)
            clock.compacted = Revision(head.compactRevision)
            clock.published = Revision(head.currentRevision)
        }
        if isDestroying { log.destructions.end() }
        clock.usedBytes = usedBytes
        clock.recordCount = Int64(head.recordCount)
        clock.alarms = head.alarms.alarms
        clock.keyringGeneration = head.keyringGeneration
        clock.quarantinedSince = head.restored?.time
        if head.backups != clock.backups { clock.backups = head.backups }
        return head
    }

    private static func forget(_ forgotten: [ForgottenVersions], in tree: inout KeyIndex) {
        for versions in forgotten where !versions.entry.dropFirst(versions.count) {
            tree.remove(versions.entry)
        }
    }

    /// Takes back what the batch did to the index.
    func rollBack() {
        Self.rollBack(undo, in: index)
        if isDestroying { log.destructions.end() }
    }

    private static func rollBack(_ undo: [Undo], in index: SharedIndex) {
        guard !undo.isEmpty else { return }
        index.change { tree in
            for change in undo.reversed() {
                switch change {
                case .inserted(let entry):
                    tree.remove(entry)
                case .appended(let entry, let createRevision, let version):
                    entry.removeLast(generation: (createRevision, version))
                }
            }
        }
    }
}
