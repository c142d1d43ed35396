import VaultStore

/// What the branches of a transaction may put, taken apart in the plainest way.
struct Flattened {
    private(set) var isWithoutDoublePuts = true

    init(_ transaction: Transaction) {
        _ = puts(transaction.success)
        _ = puts(transaction.failure)
    }

    /// Every key that some path through the operations puts. Two paths of one nested transaction
    /// exclude each other.
    private mutating func puts(_ operations: [Operation]) -> Set<Bytes> {
        var all: Set<Bytes> = []
        for operation in operations {
            var keys: Set<Bytes> = []
            switch operation {
            case .put(let put): keys = [put.key]
            case .transaction(let nested):
                keys = puts(nested.success).union(puts(nested.failure))
            case .range, .delete, .missing: break
            }
            if !all.isDisjoint(with: keys) { isWithoutDoublePuts = false }
            all.formUnion(keys)
        }
        return all
    }
}
