import RPC
import Testing
import VaultAPI

/// A fault that the differential test must notice.
struct Canary: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let spoil: @Sendable (KVRequest, KVAnswer) -> KVAnswer

    static let all = [
        Canary(testDescription: "count is one too many") { _, answer in
            guard case .range(var range) = answer, range.count > 2 else { return answer }
            range.count += 1
            return .range(range)
        },
        Canary(testDescription: "the last key is missing") { _, answer in
            guard case .range(var range) = answer, range.kvs.count > 3 else { return answer }
            range.kvs.removeLast()
            return .range(range)
        },
        Canary(testDescription: "a nested header tells a revision one too high") { _, answer in
            guard case .transaction(var transaction) = answer,
                let index = transaction.responses.firstIndex(where: {
                    $0.responsePut.header.revision > 0
                })
            else { return answer }
            transaction.responses[index].responsePut.header.revision += 1
            return .transaction(transaction)
        },
        Canary(testDescription: "prev_kv has another version") { _, answer in
            guard case .put(var put) = answer, put.hasPrevKv else { return answer }
            put.prevKv.version += 1
            return .put(put)
        },
        Canary(testDescription: "a message ends with a period") { _, answer in
            guard case .failure(let status) = answer else { return answer }
            return .failure(Status(status.code, status.message + "."))
        },
    ]
    static let leases = [
        Canary(testDescription: "a key hangs on another lease") { _, answer in
            guard case .range(var range) = answer,
                let index = range.kvs.firstIndex(where: { $0.lease != 0 })
            else { return answer }
            range.kvs[index].lease += 1
            return .range(range)
        },
        Canary(testDescription: "a lease forgets one of its keys") { _, answer in
            guard case .timeToLive(var lease) = answer, !lease.keys.isEmpty else { return answer }
            lease.keys.removeLast()
            return .timeToLive(lease)
        },
        Canary(testDescription: "a lease is over that is not") { _, answer in
            guard case .keepAlive(var lease) = answer else { return answer }
            lease.ttl = 0
            return .keepAlive(lease)
        },
    ]
}
