import VaultStore

/// Which transactions put a key twice, or put what they delete: each put is held against each of
/// the deletions that count before it. Plain, and slow.
struct TouchModel {
    private var puts: Set<Bytes> = []
    private var deletes: [KeyRange] = []

    static func isRefused(_ transaction: Transaction) -> Bool {
        TouchModel(transaction.success) == nil || TouchModel(transaction.failure) == nil
    }

    /// nil when the branch is refused.
    private init?(_ operations: [Operation]) {
        for case .delete(let delete) in operations { deletes.append(delete.range) }
        for case .transaction(let nested) in operations {
            guard let then = TouchModel(nested.success), let other = TouchModel(nested.failure)
            else { return nil }
            let all = then.puts.union(other.puts)
            guard all.allSatisfy({ !puts.contains($0) && !covers($0) }) else { return nil }
            puts.formUnion(all)
            deletes += then.deletes + other.deletes
        }
        for case .put(let put) in operations {
            guard !puts.contains(put.key), !covers(put.key) else { return nil }
            puts.insert(put.key)
        }
    }

    /// A deletion without an upper end covers nothing here, as in etcd.
    private func covers(_ key: Bytes) -> Bool {
        deletes.contains { !$0.isUnbounded && $0.contains(key) }
    }
}
