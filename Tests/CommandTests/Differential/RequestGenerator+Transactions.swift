import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

extension RequestGenerator {
    /// A transaction; now and then one of ranges alone, and one with too many operations.
    mutating func topTransaction() -> Etcdserverpb_TxnRequest {
        if random.once(in: 6) { return readOnly() }
        if random.once(in: 40) { return crowded() }
        var request = transaction(depth: 0)
        // Deleting from a key on, then putting such a key with its old value or lease: etcd checks
        // the put before the delete is done, and panics when it is done.
        if request.deletesFromKey { request.dropIgnoreFlags() }
        return request
    }

    private mutating func transaction(depth: Int) -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        for _ in 0..<(random.next() % 3) { request.compare.append(comparison()) }
        for _ in 0..<(random.next() % 5) { request.success.append(operation(depth: depth)) }
        for _ in 0..<(random.next() % 4) { request.failure.append(operation(depth: depth)) }
        return request
    }

    /// Ranges alone: the only transactions with enum values that the oracle accepts and 3.6
    /// refuses, since a write in one would take the two stores apart.
    private mutating func readOnly() -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        for _ in 0..<(random.next() % 2) { request.compare.append(comparison()) }
        for _ in 0..<(random.next() % 4) {
            request.success.append(.with { $0.requestRange = range() })
        }
        for _ in 0..<(random.next() % 4) {
            request.failure.append(.with { $0.requestRange = range() })
        }
        return request
    }

    /// Around the limit of 128 compares or operations a list.
    private mutating func crowded() -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        let count = random.pick([127, 128, 129, 200])
        let nested = random.once(in: 2)
        let puts = (0..<count).map { number in
            Etcdserverpb_RequestOp.with {
                $0.requestPut.key = Data("n\(number)".utf8)
                $0.requestPut.value = value()
            }
        }
        switch random.next() % 3 {
        case 0: request.success = puts
        case 1: request.failure = puts
        default: request.compare = (0..<count).map { _ in comparison() }
        }
        if nested {
            // The inner transaction may use what the outer one left.
            let inner = request
            request = .with {
                $0.success = [.with { $0.requestTxn = inner }]
                if random.once(in: 2) {
                    $0.success.append(.with { $0.requestRange = range(known: true) })
                }
            }
        }
        return request
    }

    private mutating func operation(depth: Int) -> Etcdserverpb_RequestOp {
        var operation = Etcdserverpb_RequestOp()
        switch random.next() % 40 {
        case ..<16: operation.requestPut = spreadPut()
        case ..<26: operation.requestRange = range(known: true)
        case ..<33: operation.requestDeleteRange = delete()
        case ..<39 where depth < 3: operation.requestTxn = transaction(depth: depth + 1)
        case ..<39: operation.requestPut = put()
        default: break
        }
        return operation
    }

    /// Most transactions would be refused for a duplicate key if their puts took the few keys.
    private mutating func spreadPut() -> Etcdserverpb_PutRequest {
        var request = put()
        if !random.once(in: 4) { request.key = Data("n\(random.next() % 80)".utf8) }
        return request
    }

    private mutating func comparison() -> Etcdserverpb_Compare {
        var comparison = Etcdserverpb_Compare()
        comparison.key = key()
        if random.once(in: 3) { (comparison.key, comparison.rangeEnd) = keyRange(wideOnce: 6) }
        comparison.result = random.pick([.equal, .greater, .less, .notEqual])
        comparison.target = random.pick([.version, .create, .mod, .value, .lease])
        if random.once(in: 20) { comparison.result = .UNRECOGNIZED(random.pick([4, 9, -1])) }
        if random.once(in: 30) { comparison.target = .UNRECOGNIZED(random.pick([5, 9, -1])) }
        // One in ten names a target and gives the value of another one.
        let given = random.once(in: 10) ? random.pick([.version, .mod, .value]) : comparison.target
        if random.once(in: 12) { return comparison }
        switch given {
        case .version: comparison.version = Int64(random.next() % 5)
        case .create: comparison.createRevision = someRevision()
        case .mod: comparison.modRevision = someRevision()
        case .value: comparison.value = value()
        case .lease, .UNRECOGNIZED: comparison.lease = random.once(in: 2) ? 0 : leaseID()
        }
        return comparison
    }
}

extension Etcdserverpb_TxnRequest {
    fileprivate var deletesFromKey: Bool {
        (success + failure).contains { operation in
            operation.requestDeleteRange.rangeEnd == Data([0])
                || operation.requestTxn.deletesFromKey
        }
    }

    fileprivate mutating func dropIgnoreFlags() {
        for index in success.indices { success[index].dropIgnoreFlags() }
        for index in failure.indices { failure[index].dropIgnoreFlags() }
    }
}

extension Etcdserverpb_RequestOp {
    fileprivate mutating func dropIgnoreFlags() {
        switch request {
        case .requestPut:
            requestPut.ignoreValue = false
            requestPut.ignoreLease = false
        case .requestTxn: requestTxn.dropIgnoreFlags()
        default: break
        }
    }
}
