import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct QuotaCountersTests {
    @Test func asManyAsTheRuleAllowsAndNoMore() throws {
        let book = try quotaBook(["uid:1 connections=3 watches=2", "default connections=1"])
        var counters = QuotaCounters(book)
        let owner = book.owner(user: 1)
        for _ in 0..<3 { #expect(counters.begin(.connection, by: owner) == nil) }
        #expect(counters.begin(.connection, by: owner) == .count(of: .connection, max: 3))
        #expect(counters.count(.connection, of: owner) == 3)
        counters.end(.connection, by: owner)
        #expect(counters.begin(.connection, by: owner) == nil)
        // Each use on its own, each caller on their own, and what no rule limits without end.
        for _ in 0..<2 { #expect(counters.begin(.watch, by: owner) == nil) }
        #expect(counters.begin(.watch, by: owner) == .count(of: .watch, max: 2))
        for user: UInt32 in 2..<9 {
            #expect(counters.begin(.connection, by: book.owner(user: user)) == nil)
            #expect(counters.begin(.connection, by: book.owner(user: user)) != nil)
            for _ in 0..<100 { #expect(counters.begin(.watch, by: book.owner(user: user)) == nil) }
        }
    }

    @Test func countsFollowWhatBeganAndEnded() throws {
        let book = try quotaBook(["uid:1 inflight=4", "gid:2 watches=3", "default connections=2"])
        for seed in TestSeed.seeds(5, for: "counters") {
            var random = SeededRandom(seed: seed)
            var counters = QuotaCounters(book)
            var open: [(use: QuotaUse, owner: QuotaOwner)] = []
            for _ in 0..<5_000 {
                if random.once(in: 2), !open.isEmpty {
                    let ended = open.remove(at: Int(random.next() % UInt64(open.count)))
                    counters.end(ended.use, by: ended.owner)
                } else {
                    let use = random.pick(QuotaUse.allCases)
                    let owner = book.owner(user: UInt32(random.next() % 5))
                    let count = open.count { $0.use == use && $0.owner == owner }
                    let countMax = book.rule(of: owner)?.countMax(of: use)
                    let refusal = counters.begin(use, by: owner)
                    #expect((refusal != nil) == (countMax.map { count >= $0 } ?? false))
                    if refusal == nil { open.append((use, owner)) }
                }
            }
            for (use, owner) in open { counters.end(use, by: owner) }
            #expect(counters.ownerCount == 0, "seed \(seed)")
        }
    }
}
