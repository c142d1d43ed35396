extension WriteBatch {
    /// Everybody's writes wait while a transaction reads: that ends somewhere.
    ///
    ///     if [a, b) was not changed then put c; range [d, e)   ->   keys in [a, b) and [d, e)
    mutating func checkComparisons(of transaction: Transaction) throws(StoreError) {
        try note(Self.comparisons(of: transaction).map { keyCount(in: $0.range) })
    }

    /// The same for the ranges of the branch that was chosen.
    mutating func checkReads(_ operations: [Operation]) throws(StoreError) {
        var counts: [Int] = []
        for case .range(let query) in operations {
            counts.append(try keyCount(of: query))
            guard counts.reduce(0, +) <= Limits.transactionKeysMax else { throw .tooManyKeys }
        }
        try note(counts)
    }

    private mutating func note(_ counts: [Int]) throws(StoreError) {
        let count = counts.reduce(0, +)
        guard count <= Limits.transactionKeysMax else { throw .tooManyKeys }
        work += count
    }

    /// What a write hands over is held in memory as a whole while everybody's writes wait.
    mutating func checkAnswer(_ operations: [Operation]) throws(StoreError) {
        let asked = operations.compactMap(Self.answer(of:))
        guard !asked.isEmpty else { return }
        let count = asked.reduce(0) { $0 + keyCount(in: $1.range) }
        // Of so few, none is too large. In the past a range may have had more keys than now.
        let isFew = count <= Limits.writeAnswerBytesMax / Limits.recordBytesMax
        if isFew, asked.allSatisfy({ $0.revision.rawValue <= 0 || $0.range.isSingleKey }) { return }
        var bytes = 0
        for query in asked {
            bytes += try answerBytes(query)
            guard bytes <= Limits.writeAnswerBytesMax else { throw .tooManyBytes }
        }
        work += bytes / Limits.bytesPerWork
    }

    /// As a range, what the operation hands over of the records that there are; nil when nothing.
    private static func answer(of operation: Operation) -> RangeQuery? {
        switch operation {
        case .range(let query): query.countOnly ? nil : query
        case .put(let put): put.wantsPrevious ? RangeQuery(range: KeyRange(key: put.key)) : nil
        case .delete(let delete): delete.wantsPrevious ? RangeQuery(range: delete.range) : nil
        case .transaction, .missing: nil
        }
    }

    private func answerBytes(_ query: RangeQuery) throws(StoreError) -> Int {
        let revision = query.revision.rawValue > 0 ? query.revision : Revision(head.currentRevision)
        let selection = try reader.select(
            query, at: revision, positionsMax: query.positionsMax,
            budget: .unlimited, countsLive: { false }, isReadable: {})
        var bytes = 0
        for position in selection?.positions ?? [] {
            let sealed = try StoreReader.required(position) { (position) throws(StoreError) in
                try log.sealed(at: position, in: transaction)
            }
            bytes += sealed.count
        }
        return bytes
    }

    private static func comparisons(of transaction: Transaction) -> [Comparison] {
        (transaction.success + transaction.failure).reduce(transaction.comparisons) {
            found, operation in
            guard case .transaction(let nested) = operation else { return found }
            return found + comparisons(of: nested)
        }
    }

    /// Of the branches that were chosen, nested ones in their place.
    static func operations(
        _ path: TransactionPath, of transaction: Transaction
    ) -> [Operation] {
        guard !path.nested.isEmpty else { return transaction.branch(path) }
        var nested = path.nested.makeIterator()
        return transaction.branch(path).reduce(into: []) { found, operation in
            guard case .transaction(let inner) = operation else { return found.append(operation) }
            if let below = nested.next() { found += operations(below, of: inner) }
        }
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
