import LMDB
import VaultSeal

extension Store {
    /// How a try at a read ended.
    private enum Try<R> {
        case answer(R?)
        /// The store moved on between two looks at it; look again.
        case again
    }

    /// Answers on the calling thread, or returns nil when the answer is too much work for it: then
    /// use `scan`. Nothing was given to the sink in that case.
    ///
    /// Reads what was current when it was called, so that it sees every acknowledged write.
    public func range<Sink: RangeSink>(
        _ query: RangeQuery, into sink: inout Sink
    ) throws(StoreError) -> RangeSummary? {
        try RequestChecks.check(query)
        return try reading { () throws(StoreError) in
            try retrying(query.revision) { (revision, published) throws(StoreError) in
                try self.range(query, at: revision, published: published, into: &sink)
            }
        }
    }

    /// Runs `attempt` with the revision to read at, again if that is compacted away meanwhile.
    private func retrying<R>(
        _ asked: Revision,
        _ attempt: (_ at: Revision, _ published: Revision) throws(StoreError) -> Try<R>
    ) throws(StoreError) -> R? {
        while true {
            let published = clock.published
            if asked > published { throw .futureRevision(current: published) }
            let revision = asked.rawValue > 0 ? asked : published
            switch try attempt(revision, published) {
            case .answer(let answer): return answer
            case .again: continue
            }
        }
    }

    private func range<Sink: RangeSink>(
        _ query: RangeQuery, at revision: Revision, published: Revision, into sink: inout Sink
    ) throws(StoreError) -> Try<RangeSummary> {
        let isCurrent = query.revision.rawValue <= 0
        // The snapshot is taken after `published` was read and before the index is looked at: it
        // has every record that the index can name at that revision.
        return try log.read { (lookup) throws(StoreError) -> Try<RangeSummary> in
            var isStale = false
            let selection = try self.reader.select(
                query, at: revision, positionsMax: query.positionsMax, budget: .inline,
                countsLive: { revision == self.clock.published },
                isReadable: { () throws(StoreError) in
                    guard let oldest = self.clock.oldestReadable(instead: revision) else {
                        return
                    }
                    if !isCurrent { throw .compacted(oldestReadable: oldest) }
                    isStale = true
                })
            if isStale { return .again }
            guard let selection else { return .answer(nil) }
            guard
                var summary = try self.reader.answer(
                    query, from: selection, budget: .inline,
                    lookup: lookup, into: &sink)
            else { return .answer(nil) }
            summary.revision = published
            return .answer(summary)
        }
    }

    /// A transaction of reads, as one look at the store; nil when that is too much work for the
    /// calling thread: then use `scan`.
    public func read(_ transaction: Transaction) throws(StoreError) -> TransactionResult? {
        try RequestChecks.check(transaction)
        return try reading { () throws(StoreError) in
            try retrying(.none) { (revision, _) throws(StoreError) in
                try self.read(transaction, at: revision)
            }
        }
    }

    /// All comparisons and ranges together have no more time than one range on its own.
    private func read(
        _ transaction: Transaction, at revision: Revision
    ) throws(StoreError) -> Try<TransactionResult> {
        var budget = StoreReader.Budget.inline
        return try log.read { (lookup) throws(StoreError) -> Try<TransactionResult> in
            // The snapshot is there: a compaction that is not seen now has not removed anything.
            if revision < self.clock.compacted { return .again }
            guard
                let path = try self.reader.choosePath(
                    of: transaction, at: revision, budget: &budget, lookup: lookup)
            else { return .answer(nil) }
            var results: [OperationResult] = []
            for case .range(let query) in transaction.branch(path) {
                guard budget.bytes > 0 else { return .answer(nil) }
                if query.revision > revision { throw .futureRevision(current: revision) }
                // As etcd does it in transactions: a negative revision is one before the compacted.
                if query.revision.rawValue < 0, query.revision < self.clock.compacted {
                    throw .compacted(oldestReadable: self.clock.compacted)
                }
                let at = query.revision.rawValue > 0 ? query.revision : revision
                var sink = KeyValueSink()
                guard
                    let selection = try self.reader.select(
                        query, at: at, positionsMax: query.positionsMax, budget: budget,
                        countsLive: { at == self.clock.published },
                        isReadable: { () throws(StoreError) in
                            guard at != revision,
                                let oldest = self.clock.oldestReadable(instead: at)
                            else { return }
                            throw .compacted(oldestReadable: oldest)
                        }),
                    let summary = try self.reader.answer(
                        query, from: selection, budget: budget, lookup: lookup, into: &sink)
                else { return .answer(nil) }
                budget.spend(
                    keys: selection.positions.count,
                    bytes: sink.keyValues.reduce(0) { $0 + $1.key.count + $1.value.count })
                results.append(
                    .range(
                        RangeResult(
                            keyValues: sink.keyValues, more: summary.more, count: summary.count,
                            revision: revision)))
            }
            // Nothing that was visible at that revision has been forgotten while it was looked at.
            if revision < self.clock.compacted { return .again }
            return .answer(
                TransactionResult(
                    revision: revision, succeeded: path.succeeded, results: results))
        }
    }
}
