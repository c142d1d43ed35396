import VaultAPI
import VaultStore

@testable import VaultServer

/// The same request by way of SwiftProtobuf's messages, to compare the hand-written decoder with.
enum Expected {
    static func query(_ request: Etcdserverpb_RangeRequest) -> RangeQuery {
        var query = RangeQuery(
            range: KeyRange(key: Bytes(request.key), rangeEnd: Bytes(request.rangeEnd)))
        query.limit = request.limit
        query.revision = Revision(request.revision)
        query.sortOrder = SortOrder(wire: Int32(request.sortOrder.rawValue))
        query.sortTarget = SortTarget(wire: Int32(request.sortTarget.rawValue))
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

    private static func operation(_ request: Etcdserverpb_RequestOp) -> VaultStore.Operation {
        switch request.request {
        case .requestRange(let range): .range(query(range))
        case .requestPut(let put): .put(self.put(put))
        case .requestDeleteRange(let delete): .delete(self.delete(delete))
        case .requestTxn(let nested): .transaction(transaction(nested))
        case nil: .missing
        }
    }

    private static func comparison(_ compare: Etcdserverpb_Compare) -> Comparison {
        let target: Comparison.Target =
            switch compare.target {
            case .version: .version(compare.version)
            case .create: .createRevision(compare.createRevision)
            case .mod: .modRevision(compare.modRevision)
            case .value: .value(Bytes(compare.value))
            case .lease: .lease(compare.lease)
            case .UNRECOGNIZED: .unrecognized
            }
        return Comparison(
            range: KeyRange(key: Bytes(compare.key), rangeEnd: Bytes(compare.rangeEnd)),
            outcome: Comparison.Outcome(wire: Int32(compare.result.rawValue)), target: target)
    }
}
