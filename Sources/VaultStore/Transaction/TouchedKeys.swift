/// What one branch of a transaction puts and deletes, nested branches included: a key may be put
/// once, and what is put may not be deleted. As in etcd, deletions count before what is nested, and
/// that before puts: of two nested transactions the second may delete what the first puts.
struct TouchedKeys {
    private enum Touch {
        case put(Bytes)
        case delete(KeyRange)
    }

    private var puts: Set<Bytes> = []
    private var deletes = DeletedSpans()
    /// All of them, as they came: what a nested branch adds is the end of it.
    private var order: [Touch] = []

    mutating func take(_ operations: [Operation]) throws(StoreError) {
        for case .delete(let delete) in operations { add(.delete(delete.range)) }
        for case .transaction(let nested) in operations {
            if nested.failure.isEmpty {
                try take(nested.success)
            } else {
                try take(eitherOf: nested)
            }
        }
        for case .put(let put) in operations {
            guard !puts.contains(put.key), !deletes.contains(put.key) else { throw .duplicateKey }
            add(.put(put.key))
        }
    }

    /// The two branches of a nested transaction do not see each other.
    private mutating func take(eitherOf nested: Transaction) throws(StoreError) {
        let start = order.count
        var other = self
        try take(nested.success)
        try other.take(nested.failure)
        // The less is added to the more: else much would be moved at every level.
        if order.count < other.order.count { swap(&self, &other) }
        for touch in other.order[start...] { add(touch) }
    }

    private mutating func add(_ touch: Touch) {
        switch touch {
        case .put(let key): puts.insert(key)
        case .delete(let range): deletes.insert(range)
        }
        order.append(touch)
    }
}
