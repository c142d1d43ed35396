import VaultAccess
import VaultStore

/// What requests need. Each is judged by its final form: the range that will be read or changed,
/// the operations of both branches however deep they lie.
extension Rights {
    /// Reading the range: a key by its name, or everything in it.
    ///
    /// A range that is none ("b" to "a") is refused here, except to administrators, who are told by
    /// the store what is wrong with it.
    func allowsRead(_ range: KeyRange) -> Bool {
        if isAdministrator || range.isNoKey { return true }
        if range.isSingleKey { return range.key.withUnsafeBytes { mayGet($0) } }
        guard let span = KeySpan(range) else { return false }
        return mayRead(span) || (span.isSingleKey && may(.get, span))
    }

    /// Changing everything in the range.
    func allowsWrite(_ range: KeyRange) -> Bool {
        if isAdministrator || range.isNoKey { return true }
        if range.isSingleKey { return range.key.withUnsafeBytes { mayWrite($0) } }
        return KeySpan(range).map(mayWrite) ?? false
    }

    func allows(_ put: PutOperation, in store: Store) throws(StoreError) -> Bool {
        if isAdministrator { return true }
        let range = KeyRange(key: put.key)
        guard allowsWrite(range), !put.wantsPrevious || allowsRead(range) else { return false }
        if put.lease == .none { return true }
        return try allowsWrite(keysOf: put.lease, in: store)
    }

    func allows(_ delete: DeleteOperation) -> Bool {
        allowsWrite(delete.range) && (!delete.wantsPrevious || allowsRead(delete.range))
    }

    /// Comparisons read: their outcome says what is there.
    func allows(_ transaction: Transaction, in store: Store) throws(StoreError) -> Bool {
        if isAdministrator { return true }
        try transaction.requireBoundedSize()
        return try allowsEach(of: transaction, in: store)
    }

    private func allowsEach(
        of transaction: Transaction, in store: Store
    ) throws(StoreError) -> Bool {
        guard transaction.comparisons.allSatisfy({ allowsRead($0.range) }) else { return false }
        for operation in transaction.success {
            guard try allows(operation, in: store) else { return false }
        }
        for operation in transaction.failure {
            guard try allows(operation, in: store) else { return false }
        }
        return true
    }

    private func allows(_ operation: Operation, in store: Store) throws(StoreError) -> Bool {
        switch operation {
        case .range(let query): allowsRead(query.range)
        case .put(let put): try allows(put, in: store)
        case .delete(let delete): allows(delete)
        case .transaction(let nested): try allowsEach(of: nested, in: store)
        // Refused by the store, with etcd's words.
        case .missing: true
        }
    }

    /// Whoever ends a lease, or keeps it from ending, decides about the keys that hang on it; and
    /// whoever hangs a key on it can be made to lose that key.
    func allowsWrite(keysOf lease: LeaseID, in store: Store) throws(StoreError) -> Bool {
        if isAdministrator { return true }
        let keys = try store.keys(of: lease)
        return mayWriteAll(from: keys.first) { keys.first(notBefore: $0) }
    }

    /// The names of a lease's keys are for those who may read the keys.
    func allowsRead(keys: [Bytes]) -> Bool {
        isAdministrator || keys.allSatisfy { allowsRead(KeyRange(key: $0)) }
    }
}

extension KeyRange {
    /// The request names no key. The store refuses it, in etcd's words, whoever asks.
    fileprivate var isNoKey: Bool { key.isEmpty && isSingleKey }
}

extension KeySpan {
    init?(_ range: KeyRange) {
        self.init(key: range.key, rangeEnd: range.rangeEnd)
    }
}
