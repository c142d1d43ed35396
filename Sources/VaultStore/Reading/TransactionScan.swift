/// A transaction of reads in slices, for a thread that may take its time: one look at the store,
/// all at one revision, which compaction leaves alone until the scan is gone.
///
/// Not thread-safe: one thread at a time.
public final class TransactionScan {
    private let store: Store
    private let transaction: Transaction
    private let revision: Revision
    private var succeeded = true
    private var compared = 0
    private var comparing: (scan: RangeScan, sink: ComparisonSink)?
    private var answered = 0
    private var answering: RangeScan?

    init(_ store: Store, _ transaction: Transaction) throws(StoreError) {
        try RequestChecks.check(transaction)
        revision = try RangeScan.pin(.none, in: store).revision
        self.store = store
        self.transaction = transaction
    }

    deinit {
        store.unpin(revision)
    }

    /// Bytes of keys and values that were read and wait to be sorted.
    public var gatheredBytes: Int { answering?.gatheredBytes ?? 0 }

    /// Gives the next records to the sink; nil when there are more slices to come.
    public func next<Sink: TransactionSink>(
        into sink: inout Sink
    ) throws(StoreError) -> TransactionSummary? {
        if succeeded, compared < transaction.comparisons.count {
            try compare(transaction.comparisons[compared])
            return nil
        }
        let branch = succeeded ? transaction.success : transaction.failure
        guard answered < branch.count, case .range(let query) = branch[answered] else {
            return TransactionSummary(revision: revision, succeeded: succeeded)
        }
        let scan = if let answering { answering } else { try begin(query) }
        answering = scan
        if var summary = try scan.next(into: &sink) {
            summary.revision = revision
            sink.finishRange(summary)
            answering = nil
            answered += 1
        }
        return nil
    }

    private func begin(_ query: RangeQuery) throws(StoreError) -> RangeScan {
        if query.revision > revision { throw .futureRevision(current: revision) }
        // As etcd does it in transactions: a negative revision is one before the compacted.
        if query.revision.rawValue < 0, query.revision < store.clock.compacted {
            throw .compacted(oldestReadable: store.clock.compacted)
        }
        return try scan(query)
    }

    private func compare(_ comparison: Comparison) throws(StoreError) {
        var (scan, sink) =
            if let comparing { comparing } else {
                (try self.scan(RangeQuery(range: comparison.range)), ComparisonSink(comparison))
            }
        let isOver = try scan.next(into: &sink) != nil
        guard isOver || !sink.holds else {
            comparing = (scan, sink)
            return
        }
        succeeded = sink.holds && (!sink.isEmpty || comparison.holdsWithoutKeys)
        comparing = nil
        compared += 1
    }

    private func scan(_ query: RangeQuery) throws(StoreError) -> RangeScan {
        try store.reading { () throws(StoreError) in
            try RangeScan(store, query, held: revision)
        }
    }
}

extension Store {
    /// Starts a transaction of reads in slices, on the current revision.
    public func scan(_ transaction: Transaction) throws(StoreError) -> TransactionScan {
        try reading { () throws(StoreError) in try TransactionScan(self, transaction) }
    }
}
