import Testing
import VaultTestSupport

@testable import VaultStore

/// Seeded operations, alone and several to a commit, under a clock that jumps, a disk that is full
/// at times, and restarts: every answer must be the model's.
@Suite struct LeaseModelTests {
    @Test(arguments: TestSeed.seeds(6, for: "lease-model"))
    func everyAnswerIsTheModels(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let leases = try LeaseFixture()
        var model = LeaseModel()
        for step in 0..<600 {
            switch random.next() % 24 {
            case 0..<4:
                try leases.pass(.milliseconds(Int.random(in: 0...6_000, using: &random)))
            case 4..<6:
                let id = Self.id(&random)
                #expect(
                    try leases.store.renew(id) == model.renew(id, at: leases.now),
                    "seed \(seed), step \(step)")
            case 6:
                leases.isDiskFull = random.once(in: 3)
            case 7 where random.once(in: 3):
                try leases.fixture.reopen()
                model.restart(at: leases.now)
                try leases.settle()
            default:
                try Self.write(leases, &model, &random, "seed \(seed), step \(step)")
                try leases.settle()
            }
            model.expire(at: leases.now, isDiskFull: leases.isDiskFull)
            try Self.compare(leases, model, "seed \(seed), step \(step)")
        }
        #expect(model.changes > 200, "seed \(seed)")
    }

    /// One to six requests in one commit, which fails or not.
    private static func write(
        _ leases: LeaseFixture, _ model: inout LeaseModel, _ random: inout SeededRandom,
        _ place: String
    ) throws {
        let requests = (0..<random.pick([1, 1, 2, 4, 6])).map { _ in request(model, &random) }
        // At times leases are over by then, and end with the same commit or after it.
        let time = Duration.milliseconds(random.pick([0, 0, 0, 2_000, 6_000]))
        let answers = try leases.write(requests, after: time)
        var after = model
        var expected: [Result<WriteResult, StoreError>] = []
        for (index, (request, answer)) in zip(requests, answers).enumerated() {
            // What was chosen for a grant that failed was not told.
            var chosen = LeaseID(Int64(-1_000 - index))
            if case .success(.leaseGranted(let grant)) = answer { chosen = grant.id }
            expected.append(
                Result { () throws(StoreError) in
                    try after.apply(request, at: leases.now, chosen: chosen)
                })
        }
        if leases.isDiskFull, after.changes > model.changes {
            expected = expected.map {
                if case .success = $0 { .failure(.diskFull) } else { $0 }
            }
        } else {
            model = after
        }
        #expect(answers == expected, "\(place): \(requests)")
    }

    private static func id(_ random: inout SeededRandom) -> LeaseID {
        LeaseID(random.pick([1, 2, 3, 4, 5, 6, -1]))
    }

    private static func key(_ random: inout SeededRandom) -> Bytes {
        Bytes(random.pick(["a", "b", "c", "d", "ab", "ac"]).utf8)
    }

    private static func put(_ random: inout SeededRandom, key: Bytes) -> PutOperation {
        var put = PutOperation(key: key, value: random.bytes(3))
        switch random.next() % 5 {
        case 0: put.ignoresLease = true
        case 1: break
        default: put.lease = id(&random)
        }
        return put
    }

    private static func request(
        _ model: LeaseModel, _ random: inout SeededRandom
    ) -> WriteRequest {
        switch random.next() % 16 {
        case 0..<4:
            // Now and then the store chooses the number.
            return .grantLease(
                random.once(in: 8) ? .none : id(&random),
                ttl: .seconds(random.pick([0, 3, 5, 8, 13, 9_000_000_001])))
        case 4: return .revokeLease(id(&random))
        case 5..<11: return .put(put(&random, key: key(&random)))
        case 11..<13:
            let keys = Set((0..<3).map { _ in key(&random) })
            return .transaction(
                Transaction(
                    success: keys.sorted { $0.lexicographicallyPrecedes($1) }
                        .map { .put(put(&random, key: $0)) }))
        case 13:
            let range = KeyRange.prefix(Bytes(random.pick(["a", "b", "c"]).utf8))
            return .delete(DeleteOperation(range: range))
        default: return .delete(DeleteOperation(range: KeyRange(key: key(&random))))
        }
    }

    private static func compare(
        _ leases: LeaseFixture, _ model: LeaseModel, _ place: String
    ) throws {
        #expect(leases.store.revision == Revision(model.store.revision), "\(place)")
        #expect(try leases.content() == model.store.range(.all), "\(place)")
        #expect(try leases.store.leaseIDs() == model.ids, "\(place)")
        for (id, lease) in model.leases {
            let keys = model.keys(of: id).map(\.key)
            let found = try leases.store.timeToLive(of: id, wantsKeys: true)
            let remaining = lease.isExpiring ? .zero : max(.zero, lease.deadline - leases.now)
            #expect(
                found
                    == LeaseTimeToLive(
                        granted: lease.ttl, remaining: remaining, keyCount: keys.count, keys: keys),
                "\(place)")
        }
    }
}
