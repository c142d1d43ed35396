import LMDB
import VaultSeal

extension WriteBatch {
    var reader: StoreReader {
        StoreReader(index: index, cipher: log.cipher, isWriter: true)
    }

    private var base: Revision { Revision(head.currentRevision) }

    // MARK: - Before anything is written

    /// A put on its own: the lease first, as in etcd.
    func checkBasis(of put: PutOperation) throws(StoreError) {
        try checkLease(of: put)
        try checkExists(put)
    }

    private func checkLease(of put: PutOperation) throws(StoreError) {
        if put.lease != .none, !leases.contains(put.lease) { throw .leaseNotFound }
    }

    private func checkExists(_ put: PutOperation) throws(StoreError) {
        guard put.ignoresValue || put.ignoresLease else { return }
        if reader.position(of: put.key, at: base) == nil { throw .keyNotFound }
    }

    mutating func choosePath(of transaction: Transaction) throws(StoreError) -> TransactionPath {
        try checkComparisons(of: transaction)
        var budget = StoreReader.Budget.unlimited
        let path = try reader.choosePath(
            of: transaction, at: base, budget: &budget,
            lookup: { (position) throws(StoreError) in
                try log.sealed(at: position, in: self.transaction)
            })
        guard let path else { preconditionFailure("an unlimited budget was exceeded") }
        return path
    }

    /// What the chosen path will do must be possible as a whole: first all puts, then all reads.
    mutating func checkPath(
        _ path: TransactionPath, of transaction: Transaction
    ) throws(StoreError) {
        try checkPuts(path, of: transaction)
        try checkRanges(path, of: transaction)
        let operations = Self.operations(path, of: transaction)
        try checkReads(operations)
        try checkAnswer(operations)
    }

    private func checkPuts(
        _ path: TransactionPath, of transaction: Transaction
    ) throws(StoreError) {
        var nested = path.nested.makeIterator()
        for operation in transaction.branch(path) {
            switch operation {
            case .put(let put):
                try checkExists(put)
                try checkLease(of: put)
            case .transaction(let inner):
                guard let below = nested.next() else { continue }
                try checkPuts(below, of: inner)
            case .range, .delete, .missing: break
            }
        }
    }

    private func checkRanges(
        _ path: TransactionPath, of transaction: Transaction
    ) throws(StoreError) {
        var nested = path.nested.makeIterator()
        for operation in transaction.branch(path) {
            switch operation {
            case .range(let query):
                // As etcd does it in transactions: a negative revision is one before the compacted.
                guard query.revision.rawValue != 0 else { continue }
                if query.revision > base { throw .futureRevision(current: base) }
                if query.revision.rawValue < head.compactRevision {
                    throw .compacted(oldestReadable: Revision(head.compactRevision))
                }
                if let end = log.gaps.end(around: query.revision.rawValue) {
                    throw .compacted(oldestReadable: Revision(end))
                }
            case .transaction(let inner):
                guard let below = nested.next() else { continue }
                try checkRanges(below, of: inner)
            case .put, .delete, .missing: break
            }
        }
    }

    // MARK: - Carrying out

    mutating func apply(
        _ transaction: Transaction, along path: TransactionPath, in change: Change
    ) throws(StoreError) -> TransactionResult {
        var results: [OperationResult] = []
        var nested = path.nested.makeIterator()
        for operation in transaction.branch(path) {
            switch operation {
            case .range(let query):
                results.append(.range(try apply(query, in: change)))
            case .put(let put):
                results.append(.put(try apply(put, in: change)))
            case .delete(let delete):
                results.append(.delete(try apply(delete, in: change)))
            case .transaction(let inner):
                guard let below = nested.next() else { continue }
                results.append(.transaction(try apply(inner, along: below, in: change)))
            case .missing: break
            }
        }
        return TransactionResult(
            revision: change.revision, succeeded: path.succeeded, results: results)
    }

    /// Sees what the same transaction wrote before, unless it asks for an older revision.
    private func apply(
        _ query: RangeQuery, in change: Change
    ) throws(StoreError) -> RangeResult {
        let revision = query.revision.rawValue > 0 ? query.revision : Revision(change.main)
        var sink = KeyValueSink()
        let reader = reader
        guard
            let selection = try reader.select(
                query, at: revision, positionsMax: query.positionsMax, budget: .unlimited,
                countsLive: { false }, isReadable: {}),
            let summary = try reader.answer(
                query, from: selection, budget: .unlimited,
                lookup: { (position) throws(StoreError) in
                    try log.sealed(at: position, in: self.transaction)
                }, into: &sink)
        else { preconditionFailure("an unlimited budget was exceeded") }
        return RangeResult(
            keyValues: sink.keyValues, more: summary.more, count: summary.count,
            revision: change.revision)
    }

    mutating func apply(
        _ put: PutOperation, in change: Change
    ) throws(StoreError) -> PutResult {
        let (position, born) = put.key.withUnsafeBytes { key in
            index.writerView { index -> (LogPosition?, (createRevision: Int64, version: Int64)) in
                guard let entry = index.find(key) else { return (nil, (0, 0)) }
                let last = entry.last
                return (last.isTombstone ? nil : last, entry.generation)
            }
        }
        var previous: KeyValue?
        if let position, put.wantsPrevious || put.ignoresValue || put.ignoresLease {
            previous = try reader.keyValue(
                at: position,
                lookup: { (position) throws(StoreError) in
                    try log.sealed(at: position, in: self.transaction)
                })
        }
        let value = put.ignoresValue ? previous?.value ?? [] : put.value
        let lease = put.ignoresLease ? previous?.lease ?? .none : put.lease
        let exists = position != nil
        let next = change.next(isTombstone: false)
        try append(
            put.key, value, createRevision: exists ? born.createRevision : change.main,
            version: exists ? born.version + 1 : 1, lease: lease, at: next)
        return PutResult(
            revision: change.revision, previous: put.wantsPrevious ? previous : nil)
    }

    mutating func apply(
        _ delete: DeleteOperation, in change: Change
    ) throws(StoreError) -> DeleteResult {
        var found: [(key: Bytes, position: LogPosition)] = []
        let revision = change.main
        index.writerView { index in
            delete.range.key.withUnsafeBytes { start in
                if delete.range.isSingleKey {
                    if let position = index.find(start)?.position(at: revision),
                        !position.isTombstone
                    {
                        found.append((delete.range.key, position))
                    }
                    return
                }
                let isUnbounded = delete.range.isUnbounded
                delete.range.rangeEnd.withUnsafeBytes { end in
                    _ = index.visit(from: start) { entry in
                        if !isUnbounded && compareKeys(entry.key, end) >= 0 { return false }
                        if let position = entry.position(at: revision), !position.isTombstone {
                            found.append((Bytes(entry.key), position))
                        }
                        return true
                    }
                }
            }
        }
        var previous: [KeyValue] = []
        for (key, position) in found {
            if delete.wantsPrevious {
                previous.append(
                    try reader.keyValue(
                        at: position,
                        lookup: { (position) throws(StoreError) in
                            try log.sealed(at: position, in: self.transaction)
                        }))
            }
            try append(
                key, [], createRevision: 0, version: 0, lease: .none,
                at: change.next(isTombstone: true))
        }
        return DeleteResult(
            revision: change.revision, deleted: Int64(found.count), previous: previous)
    }

    static func withBytes(
        _ first: Bytes, _ second: Bytes,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) {
        let outcome: Result<Void, StoreError> = first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                do throws(StoreError) { return .success(try body(first, second)) } catch {
                    return .failure(error)
                }
            }
        }
        try outcome.get()
    }
}
