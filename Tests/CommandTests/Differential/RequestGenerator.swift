import FoundationEssentials
import VaultAPI
import VaultTestSupport

/// Random KV requests over few keys, so that they meet. The same seed and the same answers give the
/// same requests.
struct RequestGenerator {
    var random: SeededRandom
    /// The store's revision as far as answers told.
    var revision: Int64 = 1
    /// The last compaction that succeeded.
    var compacted: Int64 = 0

    /// Leases whose id was chosen by the servers, the newest last.
    var chosenLeases: [Int64] = []
    var choicesAsked: Int64 = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The next request.
    mutating func next() -> KVRequest {
        switch random.next() % 100 {
        case ..<28: return .put(put())
        case ..<54: return .range(range())
        case ..<61: return .delete(delete())
        case ..<74: return lease()
        case ..<96: return .transaction(topTransaction())
        case ..<98: return .compact(compaction())
        case ..<99: return malformed()
        default: return .put(oversizedPut())
        }
    }

    /// Takes notice of what the request led to.
    mutating func learn(_ request: KVRequest, _ answer: KVAnswer) {
        revision = max(revision, answer.revision ?? 0)
        if case .compact(let request) = request, case .compact = answer {
            compacted = request.revision
        }
        if case .grant(let request) = request, request.id == 0, case .grant = answer {
            chosenLeases.append(LeaseAdoption.id(for: request))
        }
    }

    mutating func put() -> Etcdserverpb_PutRequest {
        var request = Etcdserverpb_PutRequest()
        request.key = key()
        if !random.once(in: 10) { request.value = value() }
        request.prevKv = random.once(in: 3)
        if random.once(in: 8) {
            request.ignoreValue = true
            if !random.once(in: 4) { request.value = Data() }
        }
        request.ignoreLease = random.once(in: 8)
        if random.once(in: 5) { request.lease = leaseID() }
        return request
    }

    mutating func delete() -> Etcdserverpb_DeleteRangeRequest {
        var request = Etcdserverpb_DeleteRangeRequest()
        (request.key, request.rangeEnd) = keyRange(wideOnce: 12)
        request.prevKv = random.once(in: 2)
        return request
    }

    /// - Parameter known: no enum value that the oracle treats otherwise than 3.6 does.
    mutating func range(known: Bool = false) -> Etcdserverpb_RangeRequest {
        var request = Etcdserverpb_RangeRequest()
        (request.key, request.rangeEnd) = keyRange(wideOnce: 4)
        if random.once(in: 3) { request.revision = someRevision() }
        if random.once(in: 3) { request.limit = random.pick([1, 2, 3, 5, 9, -1, .max]) }
        if random.once(in: 2) {
            request.sortOrder = random.pick([.none, .ascend, .descend])
            request.sortTarget = random.pick([.key, .version, .create, .mod, .value])
        }
        if !known, random.once(in: 25) {
            // An unknown target with a known order would crash the oracle (etcd 3.4 dereferences
            // nil).
            request.sortOrder = .UNRECOGNIZED(random.pick([3, 7, -1]))
            if random.once(in: 2) { request.sortTarget = .UNRECOGNIZED(random.pick([5, 9, -1])) }
        }
        request.serializable = random.once(in: 6)
        request.keysOnly = random.once(in: 6)
        request.countOnly = random.once(in: 8)
        if random.once(in: 8) { request.minModRevision = someRevision() }
        if random.once(in: 8) { request.maxModRevision = someRevision() }
        if random.once(in: 8) { request.minCreateRevision = someRevision() }
        if random.once(in: 8) { request.maxCreateRevision = someRevision() }
        return request
    }

    mutating func compaction() -> Etcdserverpb_CompactionRequest {
        var request = Etcdserverpb_CompactionRequest()
        request.revision =
            random.once(in: 3) ? someRevision() : revision - Int64(random.next() % 40)
        request.physical = random.once(in: 2)
        return request
    }

    /// Between and above the limits of a request and of a message.
    private mutating func oversizedPut() -> Etcdserverpb_PutRequest {
        var request = Etcdserverpb_PutRequest()
        request.key = Data("huge".utf8)
        request.value = Data(
            repeating: 7, count: random.pick([1_572_800, 1_572_900, 2_000_000, 2_097_200]))
        return request
    }

    /// Bytes that end within a field, name the field 0, or have a wire type that the field has not.
    private mutating func malformed() -> KVRequest {
        .malformed(
            random.pick(Methods.KV.all),
            random.pick([
                [0x0a, 0x05, 0x61], [0x0a, 0xff], [0x02, 0x00], [0x0d, 0x01], [0x0f],
                [UInt8](repeating: 0xff, count: 11),
            ]))
    }

    mutating func key() -> Data {
        switch random.next() % 100 {
        case ..<55: Data(random.pick(["a", "b", "c", "ab", "b/1", "b/2", "b/10"]).utf8)
        case ..<65: Data(random.pick([[0], [0x61, 0], [0xff], [0xff, 0xff], [0x63, 0xff]]))
        case ..<96: Data("n\(random.next() % 40)".utf8)
        case ..<98: Data(repeating: 0x6c, count: 4096)
        default: Data()
        }
    }

    /// A key and a range_end of every kind there is.
    mutating func keyRange(wideOnce times: Int) -> (Data, Data) {
        let first = key()
        if random.once(in: times) { return (random.once(in: 2) ? first : Data([0]), Data([0])) }
        switch random.next() % 10 {
        case ..<4: return (first, Data())
        case ..<6: return (first, prefixEnd(first))
        case 6: return (Data("n".utf8), Data("o".utf8))
        case 7: return (first, first)
        default: return (first, key())
        }
    }

    mutating func value() -> Data {
        switch random.next() % 10 {
        case ..<6: Data("\(random.next() % 6)".utf8)
        case 6: Data()
        case 7: Data(repeating: 0x78, count: Int(random.next() % 3_000))
        default: Data(random.bytes(Int(random.next() % 80)))
        }
    }

    /// Near the ends of what can be read, and far outside.
    mutating func someRevision() -> Int64 {
        switch random.next() % 12 {
        case ..<6: revision - Int64(random.next() % 30)
        case 6: revision
        case 7: revision + 1
        case 8: compacted
        case 9: compacted - 1
        case 10: compacted + 1
        default: random.pick([0, -1, 1, .max, .min])
        }
    }

    private func prefixEnd(_ key: Data) -> Data {
        var end = Array(key)
        while let last = end.last {
            if last < 0xff {
                end[end.count - 1] = last + 1
                return Data(end)
            }
            end.removeLast()
        }
        return Data([0])
    }
}
