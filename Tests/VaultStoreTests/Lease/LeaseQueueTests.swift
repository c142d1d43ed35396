import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct LeaseQueueTests {
    private struct Known {
        var ttl: Duration
        var deadline: Duration
        /// Handed out, and not put back.
        var isTaken = false
        /// Was handed out once: never renewed.
        var isOver = false
    }

    /// Against a list: whatever is added, removed and renewed, exactly what is over is handed out,
    /// what was over first first, and once.
    @Test(arguments: TestSeed.seeds(5, for: "lease-queue"))
    func exactlyWhatIsOverIsHandedOutOnce(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = LeaseQueue()
        var known: [LeaseID: Known] = [:]
        var now = Duration.zero
        var taken = 0
        for _ in 0..<5_000 {
            let id = LeaseID(Int64.random(in: 1...40, using: &random))
            switch random.next() % 8 {
            case 0..<2 where known[id] == nil:
                let ttl = Duration.seconds(Int.random(in: 2...60, using: &random))
                queue.add(id, ttl: ttl, at: now)
                known[id] = Known(ttl: ttl, deadline: now + ttl)
            case 2:
                queue.remove(id)
                known[id] = nil
            case 3..<5:
                var expected: Duration?
                if let lease = known[id], !lease.isTaken, !lease.isOver, lease.deadline > now {
                    expected = lease.ttl
                    known[id]?.deadline = now + lease.ttl
                }
                #expect(queue.renew(id, at: now) == expected, "seed \(seed)")
            case 5:
                let failed = known.filter(\.value.isTaken).map(\.key)
                let later = now + .seconds(Int.random(in: 0...5, using: &random))
                queue.putBack(failed, until: later)
                for id in failed {
                    known[id]?.isTaken = false
                    known[id]?.isOver = true
                    known[id]?.deadline = later
                }
            case 6:
                now += .milliseconds(Int.random(in: 0...9_000, using: &random))
            default:
                let count = Int.random(in: 1...5, using: &random)
                let expected = known.filter { !$0.value.isTaken && $0.value.deadline <= now }
                    .sorted {
                        ($0.value.deadline, $0.key.rawValue)
                            < ($1.value.deadline, $1.key.rawValue)
                    }
                    .prefix(count).map(\.key)
                #expect(queue.takeExpired(at: now, countMax: count) == expected, "seed \(seed)")
                for id in expected { known[id]?.isTaken = true }
                taken += expected.count
            }
            #expect(queue.count == known.count)
            // Waking at this time misses nobody.
            if let first = known.values.filter({ !$0.isTaken }).map(\.deadline).min() {
                #expect((queue.nextTime ?? .seconds(1 << 40)) <= first, "seed \(seed)")
            }
        }
        #expect(taken > 100)
    }

    @Test func whatIsPutBackComesAgainLaterAndIsNotRenewed() {
        var queue = LeaseQueue()
        queue.add(LeaseID(1), ttl: .seconds(10), at: .zero)
        #expect(queue.takeExpired(at: .seconds(10), countMax: 9) == [LeaseID(1)])
        #expect(queue.takeExpired(at: .seconds(99), countMax: 9) == [])
        queue.putBack([LeaseID(1)], until: .seconds(100))
        #expect(queue.takeExpired(at: .seconds(99), countMax: 9) == [])
        #expect(queue.renew(LeaseID(1), at: .seconds(99)) == nil)
        #expect(queue.remaining(of: LeaseID(1), at: .seconds(99)) == .zero)
        #expect(queue.nextTime == .seconds(100))
        #expect(queue.takeExpired(at: .seconds(100), countMax: 9) == [LeaseID(1)])
    }

    /// A lease of a century that is revoked leaves nothing behind for a century.
    @Test func whatIsRemovedIsForgotten() {
        var queue = LeaseQueue()
        for id in 1...10_000 {
            queue.add(LeaseID(Int64(id)), ttl: .seconds(3_000_000_000), at: .zero)
            queue.remove(LeaseID(Int64(id)))
        }
        #expect(queue.entryCount < 200)
    }
}
