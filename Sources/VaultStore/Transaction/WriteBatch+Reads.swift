extension WriteBatch {
    /// Everybody's writes wait while a transaction reads: that ends somewhere.
    ///
    ///     if [a, b) was not changed then put c; range [d, e)   ->   keys in [a, b) and [d, e)
    func checkComparisons(of transaction: Transaction) throws(StoreError) {
        try note(Self.comparisons(of: transaction).map { keyCount(in: $0.range) })
    }

    /// The same for the ranges of the branch that was chosen.
    func checkReads(_ path: TransactionPath, of transaction: Transaction) throws(StoreError) {
        var counts: [Int] = []
        for query in Self.ranges(path, of: transaction) {
            counts.append(try keyCount(of: query))
            try note(counts)
        }
    }

    private func note(_ counts: [Int]) throws(StoreError) {
        guard counts.reduce(0, +) <= Limits.transactionKeysMax else { throw .tooManyKeys }
    }

    private static func comparisons(of transaction: Transaction) -> [Comparison] {
        (transaction.success + transaction.failure).reduce(transaction.comparisons) {
            found, operation in
            guard case .transaction(let nested) = operation else { return found }
            return found + comparisons(of: nested)
        }
    }

    private static func ranges(
        _ path: TransactionPath, of transaction: Transaction
    ) -> [RangeQuery] {
        var nested = path.nested.makeIterator()
        var found: [RangeQuery] = []
        for operation in transaction.branch(path) {
            switch operation {
            case .range(let query): found.append(query)
            case .transaction(let inner):
                guard let below = nested.next() else { continue }
                found += ranges(below, of: inner)
            case .put, .delete, .missing: break
            }
        }
        return found
    }

    private func keyCount(in range: KeyRange) -> Int {
        range.isSingleKey ? 1 : index.writerView { Int(clamping: $0.liveCount(in: range)) }
    }

    /// In the past there may have been more keys than now: they are counted, up to the limit.
    private func keyCount(of query: RangeQuery) throws(StoreError) -> Int {
        guard query.revision.rawValue > 0, !query.range.isSingleKey else {
            return keyCount(in: query.range)
        }
        let budget = StoreReader.Budget(
            entries: Limits.transactionKeysMax, records: .max, bytes: .max)
        let selection = try reader.select(
            query, at: query.revision, positionsMax: 0, budget: budget, countsLive: { false },
            isReadable: {})
        guard let selection else { throw .tooManyKeys }
        return Int(clamping: selection.count)
    }
}
