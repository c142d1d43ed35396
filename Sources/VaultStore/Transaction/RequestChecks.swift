/// What a request must satisfy whatever the store holds. Order and outcome are etcd's.
enum RequestChecks {
    static func check(_ query: RangeQuery) throws(StoreError) {
        guard !query.range.key.isEmpty else { throw .emptyKey }
        if query.sortOrder == .unrecognized || query.sortTarget == .unrecognized {
            throw .invalidSortOption
        }
    }

    static func check(_ put: PutOperation) throws(StoreError) {
        guard !put.key.isEmpty else { throw .emptyKey }
        if put.ignoresValue && !put.value.isEmpty { throw .valueProvided }
        if put.ignoresLease && put.lease != .none { throw .leaseProvided }
        guard put.key.count + put.value.count <= Limits.recordBytesMax else {
            throw .requestTooLarge
        }
    }

    static func check(_ delete: DeleteOperation) throws(StoreError) {
        guard !delete.range.key.isEmpty else { throw .emptyKey }
    }

    /// What is wrong with a transaction, which may be much to look at; nil for any other request.
    static func refusal(of request: WriteRequest) -> StoreError? {
        guard case .transaction(let transaction) = request else { return nil }
        do throws(StoreError) { try check(transaction) } catch { return error }
        return nil
    }

    static func check(_ transaction: Transaction) throws(StoreError) {
        try transaction.requireBoundedSize()
        try check(transaction, budget: Limits.transactionOperationsMax)
        for branch in [transaction.success, transaction.failure] {
            var touched = TouchedKeys()
            try touched.take(branch)
        }
    }

    private static func check(_ transaction: Transaction, budget: Int) throws(StoreError) {
        let operations = max(
            transaction.comparisons.count, transaction.success.count, transaction.failure.count)
        guard operations <= budget else { throw .tooManyOperations }
        for comparison in transaction.comparisons where comparison.range.key.isEmpty {
            throw .emptyKey
        }
        for operation in transaction.success { try check(operation, budget: budget - operations) }
        for operation in transaction.failure { try check(operation, budget: budget - operations) }
    }

    private static func check(_ operation: Operation, budget: Int) throws(StoreError) {
        switch operation {
        case .range(let query): try check(query)
        case .put(let put): try check(put)
        case .delete(let delete): try check(delete)
        case .transaction(let nested): try check(nested, budget: budget)
        case .missing: throw .keyNotFound
        }
    }
}

extension Transaction {
    /// All that is nested counts together. Whoever looks at each operation asks this first.
    public func requireBoundedSize() throws(StoreError) {
        guard size <= Limits.transactionSizeMax else { throw .tooManyOperations }
    }
}
