import VaultAPI
import VaultStore

/// The requests that are decoded by hand, decoded by the library, and then put into the same words.
enum ReferenceDecoding {
    static func range(_ request: Etcdserverpb_RangeRequest) -> RangeQuery {
        var query = RangeQuery(
            range: KeyRange(key: Bytes(request.key), rangeEnd: Bytes(request.rangeEnd)))
        query.revision = Revision(request.revision)
        query.limit = request.limit
        query.sortOrder =
            switch request.sortOrder {
            case .none: .none
            case .ascend: .ascending
            case .descend: .descending
            case .UNRECOGNIZED: .unrecognized
            }
        query.sortTarget =
            switch request.sortTarget {
            case .key: .key
            case .version: .version
            case .create: .createRevision
            case .mod: .modRevision
            case .value: .value
            case .UNRECOGNIZED: .unrecognized
            }
        query.keysOnly = request.keysOnly
        query.countOnly = request.countOnly
        query.minModRevision = Revision(request.minModRevision)
        query.maxModRevision = Revision(request.maxModRevision)
        query.minCreateRevision = Revision(request.minCreateRevision)
        query.maxCreateRevision = Revision(request.maxCreateRevision)
        return query
    }

    static func put(_ request: Etcdserverpb_PutRequest) -> PutOperation {
        var put = PutOperation(key: Bytes(request.key), value: Bytes(request.value))
        put.lease = LeaseID(request.lease)
        put.wantsPrevious = request.prevKv
        put.ignoresValue = request.ignoreValue
        put.ignoresLease = request.ignoreLease
        return put
    }

    static func delete(_ request: Etcdserverpb_DeleteRangeRequest) -> DeleteOperation {
        var delete = DeleteOperation(
            range: KeyRange(key: Bytes(request.key), rangeEnd: Bytes(request.rangeEnd)))
        delete.wantsPrevious = request.prevKv
        return delete
    }

    static func transaction(_ request: Etcdserverpb_TxnRequest) -> Transaction {
        Transaction(
            comparisons: request.compare.map(comparison),
            success: request.success.map(operation), failure: request.failure.map(operation))
    }

    private static func comparison(_ compare: Etcdserverpb_Compare) -> Comparison {
        let outcome: Comparison.Outcome =
            switch compare.result {
            case .equal: .equal
            case .greater: .greater
            case .less: .less
            case .notEqual: .notEqual
            case .UNRECOGNIZED: .unrecognized
            }
        let target: Comparison.Target
        switch (compare.target, compare.targetUnion) {
        case (.version, .version(let number)): target = .version(number)
        case (.version, _): target = .version(0)
        case (.create, .createRevision(let number)): target = .createRevision(number)
        case (.create, _): target = .createRevision(0)
        case (.mod, .modRevision(let number)): target = .modRevision(number)
        case (.mod, _): target = .modRevision(0)
        case (.value, .value(let bytes)): target = .value(Bytes(bytes))
        case (.value, _): target = .value([])
        case (.lease, .lease(let number)): target = .lease(number)
        case (.lease, _): target = .lease(0)
        case (.UNRECOGNIZED, _): target = .unrecognized
        }
        return Comparison(
            range: KeyRange(key: Bytes(compare.key), rangeEnd: Bytes(compare.rangeEnd)),
            outcome: outcome, target: target)
    }

    private static func operation(_ operation: Etcdserverpb_RequestOp) -> Operation {
        switch operation.request {
        case .requestRange(let request): .range(range(request))
        case .requestPut(let request): .put(put(request))
        case .requestDeleteRange(let request): .delete(delete(request))
        case .requestTxn(let request): .transaction(transaction(request))
        case nil: .missing
        }
    }
}
