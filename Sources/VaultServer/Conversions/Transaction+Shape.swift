import VaultStore

extension Transaction {
    /// Neither branch can change anything. A nested transaction counts as a change, as in etcd.
    var isReadOnly: Bool {
        (success + failure).allSatisfy { operation in
            switch operation {
            case .range: true
            // The store says what is wrong with it.
            case .missing: true
            case .put, .delete, .transaction: false
            }
        }
    }

    /// Everything that the transaction looks at is one key, so that answering is quick.
    var readsSingleKeys: Bool {
        comparisons.allSatisfy(\.range.isSingleKey)
            && (success + failure).allSatisfy { operation in
                switch operation {
                case .range(let query): query.range.isSingleKey
                case .missing: true
                case .put, .delete, .transaction: false
                }
            }
    }
}
