/// Which branch a transaction takes, and which its nested ones take, all decided on the state
/// before it.
struct TransactionPath {
    var succeeded: Bool
    /// One for each nested transaction of the chosen branch, in order.
    var nested: [TransactionPath]
}

extension Transaction {
    func branch(_ path: TransactionPath) -> [Operation] {
        path.succeeded ? success : failure
    }

    /// Nothing in either branch writes. As in etcd, a nested transaction counts as a write.
    public var isReadOnly: Bool {
        (success + failure).allSatisfy {
            if case .range = $0 { return true }
            return false
        }
    }
}

extension StoreReader {
    /// Decides the whole path at `revision`; nil when that is more than the budget.
    func choosePath(
        of transaction: Transaction, at revision: Revision, budget: inout Budget,
        lookup: SealedLookup
    ) throws(StoreError) -> TransactionPath? {
        var succeeded = true
        for comparison in transaction.comparisons where succeeded {
            guard
                let holds = try holds(
                    comparison, at: revision, budget: &budget, lookup: lookup)
            else { return nil }
            succeeded = holds
        }
        var path = TransactionPath(succeeded: succeeded, nested: [])
        for case .transaction(let nested) in transaction.branch(path) {
            guard
                let below = try choosePath(
                    of: nested, at: revision, budget: &budget, lookup: lookup)
            else { return nil }
            path.nested.append(below)
        }
        return path
    }

    /// nil when the range has more keys than the budget.
    private func holds(
        _ comparison: Comparison, at revision: Revision, budget: inout Budget,
        lookup: SealedLookup
    ) throws(StoreError) -> Bool? {
        let query = RangeQuery(range: comparison.range)
        guard
            let selection = try select(
                query, at: revision, positionsMax: .max, budget: budget,
                countsLive: { false }, isReadable: {})
        else { return nil }
        if selection.positions.isEmpty { return comparison.holdsWithoutKeys }
        budget.spend(keys: selection.positions.count, bytes: 0)
        for position in selection.positions {
            let sealed = try Self.required(position, lookup)
            let holds = try cipher.withRecord(sealed, at: position) {
                (record) throws(StoreError) -> Bool in
                comparison.holds(
                    version: record.version, create: record.createRevision, mod: position.main,
                    lease: record.lease, value: record.value)
            }
            guard holds else { return false }
        }
        return true
    }
}

extension Comparison {
    /// A key that is not there has version, revisions and lease 0, but no value at all.
    var holdsWithoutKeys: Bool {
        if case .value = target { return false }
        return holds(version: 0, create: 0, mod: 0, lease: 0, value: nil)
    }

    func holds(
        version: Int64, create: Int64, mod: Int64, lease: Int64, value: UnsafeRawBufferPointer?
    ) -> Bool {
        let order: Int
        switch target {
        case .version(let given): order = Self.order(version, given)
        case .createRevision(let given): order = Self.order(create, given)
        case .modRevision(let given): order = Self.order(mod, given)
        case .lease(let given): order = Self.order(lease, given)
        case .value(let given):
            order = given.withUnsafeBytes { given in
                compareKeys(value ?? UnsafeRawBufferPointer(start: nil, count: 0), given)
            }
        case .unrecognized: order = 0
        }
        switch outcome {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .greater: return order > 0
        case .less: return order < 0
        case .unrecognized: return true
        }
    }

    private static func order(_ left: Int64, _ right: Int64) -> Int {
        left < right ? -1 : (left > right ? 1 : 0)
    }
}
