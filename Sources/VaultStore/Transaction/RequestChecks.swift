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

    static func check(_ transaction: Transaction) throws(StoreError) {
        try check(transaction, budget: Limits.transactionOperationsMax)
        _ = try touchedKeys(transaction.success)
        _ = try touchedKeys(transaction.failure)
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

    /// What a branch puts and deletes, nested branches included.
    private struct Touched {
        var puts: Set<Bytes> = []
        var deletes: [KeyRange] = []
    }

    /// A key may be put once, and what is put may not be deleted, in one branch and all that is
    /// nested in it. The two branches of one nested transaction may put the same key.
    private static func touchedKeys(_ operations: [Operation]) throws(StoreError) -> Touched {
        var touched = Touched()
        for case .delete(let delete) in operations { touched.deletes.append(delete.range) }
        for case .transaction(let nested) in operations {
            let then = try touchedKeys(nested.success)
            let otherwise = try touchedKeys(nested.failure)
            for put in then.puts.union(otherwise.puts) {
                guard !touched.puts.contains(put), !covered(put, by: touched.deletes) else {
                    throw .duplicateKey
                }
            }
            touched.puts.formUnion(then.puts)
            touched.puts.formUnion(otherwise.puts)
            touched.deletes += then.deletes + otherwise.deletes
        }
        for case .put(let put) in operations {
            guard !touched.puts.contains(put.key), !covered(put.key, by: touched.deletes) else {
                throw .duplicateKey
            }
            touched.puts.insert(put.key)
        }
        return touched
    }

    /// A deletion without an upper end covers nothing here: etcd compares its end, one zero byte,
    /// as a key, and clients see the difference.
    private static func covered(_ key: Bytes, by ranges: [KeyRange]) -> Bool {
        ranges.contains { !$0.isUnbounded && $0.contains(key) }
    }
}
