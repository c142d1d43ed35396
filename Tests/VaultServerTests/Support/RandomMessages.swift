import FoundationEssentials
import VaultAPI
import VaultTestSupport

/// Seeded random requests and answers, with every field sometimes zero and sometimes extreme.
struct RandomMessages {
    var random: SeededRandom

    mutating func bytes(_ countMax: Int = 40) -> [UInt8] {
        let count = Bool.random(using: &random) ? 0 : Int.random(in: 0...countMax, using: &random)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    mutating func data() -> Data { Data(bytes()) }

    mutating func number() -> Int64 {
        switch Int.random(in: 0...4, using: &random) {
        case 0: 0
        case 1: Int64.random(in: 1...127, using: &random)
        case 2: Int64.random(in: 128...1_000_000, using: &random)
        case 3: -1
        default: Int64.random(in: .min ... .max, using: &random)
        }
    }

    mutating func flag() -> Bool { Bool.random(using: &random) }

    mutating func range() -> Etcdserverpb_RangeRequest {
        var request = Etcdserverpb_RangeRequest()
        request.key = data()
        request.rangeEnd = data()
        request.limit = number()
        request.revision = number()
        request.sortOrder = .init(rawValue: Int.random(in: 0...3, using: &random)) ?? .none
        request.sortTarget = .init(rawValue: Int.random(in: 0...5, using: &random)) ?? .key
        request.serializable = flag()
        request.keysOnly = flag()
        request.countOnly = flag()
        request.minModRevision = number()
        request.maxModRevision = number()
        request.minCreateRevision = number()
        request.maxCreateRevision = number()
        return request
    }

    mutating func put() -> Etcdserverpb_PutRequest {
        var request = Etcdserverpb_PutRequest()
        request.key = data()
        request.value = data()
        request.lease = number()
        request.prevKv = flag()
        request.ignoreValue = flag()
        request.ignoreLease = flag()
        return request
    }

    mutating func delete() -> Etcdserverpb_DeleteRangeRequest {
        var request = Etcdserverpb_DeleteRangeRequest()
        request.key = data()
        request.rangeEnd = data()
        request.prevKv = flag()
        return request
    }

    mutating func comparison() -> Etcdserverpb_Compare {
        var compare = Etcdserverpb_Compare()
        compare.result = .init(rawValue: Int.random(in: 0...4, using: &random)) ?? .equal
        compare.target = .init(rawValue: Int.random(in: 0...5, using: &random)) ?? .version
        compare.key = data()
        compare.rangeEnd = data()
        switch Int.random(in: 0...5, using: &random) {
        case 0: compare.version = number()
        case 1: compare.createRevision = number()
        case 2: compare.modRevision = number()
        case 3: compare.value = data()
        case 4: compare.lease = number()
        default: break
        }
        return compare
    }

    mutating func transaction(depth: Int = 0) -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            request.compare.append(comparison())
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            request.success.append(operation(depth: depth))
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            request.failure.append(operation(depth: depth))
        }
        return request
    }

    private mutating func operation(depth: Int) -> Etcdserverpb_RequestOp {
        var operation = Etcdserverpb_RequestOp()
        switch Int.random(in: 0...(depth < 3 ? 4 : 3), using: &random) {
        case 0: operation.requestRange = range()
        case 1: operation.requestPut = put()
        case 2: operation.requestDeleteRange = delete()
        case 3: break
        default: operation.requestTxn = transaction(depth: depth + 1)
        }
        return operation
    }
}
