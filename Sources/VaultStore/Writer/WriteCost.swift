/// What a write takes of the writer, as far as it can be told before it is applied.
struct WriteCost: Equatable, Sendable {
    /// Bytes of keys and values that it holds while it waits.
    var bytes: Int
    /// How long it takes, in puts of a small record.
    var work: Int

    init(bytes: Int, operations: Int) {
        self.bytes = bytes
        work = operations + bytes / Limits.bytesPerWork
    }
}

extension WriteRequest {
    var cost: WriteCost {
        switch self {
        case .put(let put): WriteCost(bytes: put.bytes, operations: 1)
        case .delete(let delete): WriteCost(bytes: delete.range.bytes, operations: 1)
        case .transaction(let transaction):
            WriteCost(bytes: transaction.bytes, operations: 1 + transaction.size)
        case .replaceAccess(let rules): WriteCost(bytes: rules.count, operations: 1)
        case .compact, .tidy, .grantLease, .revokeLease, .alarm, .noteKeyring, .noteAudit, .accept,
            .noteBackup, .destroy:
            WriteCost(bytes: 0, operations: 1)
        }
    }
}

extension PutOperation {
    fileprivate var bytes: Int { key.count + value.count }
}

extension KeyRange {
    fileprivate var bytes: Int { key.count + rangeEnd.count }
}

extension Transaction {
    /// Comparisons and operations; nested ones count, and what is in them. What a range reads
    /// nobody knows yet.
    var size: Int {
        (success + failure).reduce(comparisons.count) { sum, operation in
            if case .transaction(let nested) = operation { return sum + 1 + nested.size }
            return sum + 1
        }
    }

    fileprivate var bytes: Int {
        comparisons.reduce(0) { $0 + $1.bytes }
            + (success + failure).reduce(0) { sum, operation in
                switch operation {
                case .put(let put): sum + put.bytes
                case .delete(let delete): sum + delete.range.bytes
                case .range(let query): sum + query.range.bytes
                case .transaction(let nested): sum + nested.bytes
                case .missing: sum
                }
            }
    }
}

extension Comparison {
    fileprivate var bytes: Int {
        if case .value(let value) = target { return range.bytes + value.count }
        return range.bytes
    }
}
