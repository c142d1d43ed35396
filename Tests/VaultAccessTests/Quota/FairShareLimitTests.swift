import Testing
import VaultTestSupport

@testable import VaultAccess

/// The edges: ceilings, waiting, clocks that jump, crowds without end.
@Suite struct FairShareLimitTests {
    private func admitted(
        _ share: inout FairShare, _ owner: QuotaOwner, of count: Int, at now: Duration
    ) -> Int {
        (0..<count).count { _ in share.admit(owner, now: now) == .admit }
    }

    private func retryAfter(_ decision: QuotaDecision) -> Duration? {
        if case .refuse(.rate(let wait)) = decision { wait } else { nil }
    }

    @Test func withoutRulesAndBudgetEverythingIsAdmitted() {
        var share = FairShare(.unlimited)
        #expect(
            admitted(&share, QuotaBook.unlimited.owner(user: 1), of: 10_000, at: .zero) == 10_000)
    }

    @Test func aCeilingHoldsWithoutABudgetToo() throws {
        let book = try quotaBook(["uid:1 rate=10", "default rate=5 burst=2"])
        var share = FairShare(book)
        #expect(admitted(&share, book.owner(user: 1), of: 100, at: .zero) == 10)
        #expect(admitted(&share, book.owner(user: 1), of: 100, at: .seconds(1)) == 10)
        // Everybody on their own.
        for user: UInt32 in 2..<5 {
            #expect(admitted(&share, book.owner(user: user), of: 100, at: .seconds(1)) == 2)
        }
        #expect(admitted(&share, book.owner(of: .account("a")), of: 100, at: .seconds(1)) == 2)
    }

    @Test func groupsShareOneRate() throws {
        let book = try quotaBook(["gid:5 rate=10"])
        var share = FairShare(book)
        let count = (UInt32(1)..<20).reduce(0) { count, user in
            let peer = PeerIdentity(processID: 1, userID: user, groupID: 5)
            let owner = book.owner(of: .peer(peer, unit: nil))
            return count + admitted(&share, owner, of: 3, at: .zero)
        }
        #expect(count == 10)
    }

    @Test func whoWaitsAsLongAsToldIsServed() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=7 burst=2", "uid:2 rate=3"])
        var share = FairShare(book)
        var now = Duration.zero
        for owner in [book.owner(user: 1), book.owner(user: 2)] {
            for _ in 0..<1_000 {
                guard let wait = retryAfter(share.admit(owner, now: now)) else { continue }
                #expect(wait > .zero && wait <= .seconds(1))
                now += wait
                #expect(share.admit(owner, now: now) == .admit)
            }
        }
    }

    @Test func whoWaitsForSurplusIsServedWhenAlone() throws {
        let book = try quotaBook([], total: 10)
        var share = FairShare(book)
        let owner = book.owner(user: 1)
        var now = Duration.zero
        var refusals = 0
        for _ in 0..<500 {
            guard let wait = retryAfter(share.admit(owner, now: now)) else { continue }
            refusals += 1
            #expect(wait >= .milliseconds(1) && wait <= .seconds(10))
            now += wait
        }
        // An estimate, and no long way from the truth.
        #expect(refusals > 100 && now > .seconds(20) && now < .seconds(60))
    }

    @Test(arguments: [1, 2, 3, 5, 8])
    func tinyBudgetsServeEverybodyNowAndThen(_ total: Int) throws {
        let book = try quotaBook([], total: total)
        var share = FairShare(book)
        var crowd = Crowd((0..<4).map { (book.owner(user: $0), 20) }, seed: 1)
        crowd.ask(&share, seconds: 200)
        for caller in crowd.callers { #expect(caller.admitted > 200 * total / 4 / 2) }
    }

    @Test func aClockThatGoesBackStopsNobody() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=10"], total: 100)
        var share = FairShare(book)
        let (reserved, other) = (book.owner(user: 1), book.owner(user: 2))
        var now = Duration.seconds(1_000_000)
        for _ in 0..<5 {
            for _ in 0..<100 {
                now += .milliseconds(100)
                #expect(share.admit(reserved, now: now) == .admit)
                #expect(share.admit(other, now: now) == .admit)
            }
            now -= .seconds(3_600)
        }
    }

    @Test func aClockThatGoesForwardGivesAFullBucketAndNoMore() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=10 burst=4"], total: 100)
        var share = FairShare(book)
        let jumps: [Duration] = [.zero, .seconds(1 << 40), .seconds(Int64.max / 2), .seconds(-5)]
        for now in jumps {
            #expect(admitted(&share, book.owner(user: 1), of: 1_000, at: now) <= 4)
            #expect(admitted(&share, book.owner(user: 2), of: 1_000, at: now) <= 75)
        }
    }

    @Test func readingsInTheWrongOrderMakeNoTime() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=1000 burst=1"])
        var share = FairShare(book)
        var random = SeededRandom(seed: 1)
        var count = 0
        for step in 0..<200_000 {
            // Two microseconds a step, and up to a millisecond late.
            let now = Int64(step) * 2_000 - Int64(random.next() % 1_000_000)
            if share.admit(book.owner(user: 1), now: .nanoseconds(now)) == .admit { count += 1 }
        }
        #expect((390...402).contains(count))
    }

    @Test func callersAreBoundedAndOnlyIdleOnesAreForgotten() throws {
        let book = try quotaBook([], total: 1_000)
        var share = FairShare(book, callersMax: 8)
        for user: UInt32 in 0..<8 { _ = share.admit(book.owner(user: user), now: .zero) }
        for user: UInt32 in 100..<1_000 {
            _ = share.admit(book.owner(user: user), now: .seconds(1))
            #expect(share.callerCount == 8)
        }
        // All eight are idle now. The first of them comes back and is kept.
        _ = share.admit(book.owner(user: 0), now: .seconds(20))
        for user: UInt32 in 200..<207 { _ = share.admit(book.owner(user: user), now: .seconds(21)) }
        #expect(share.callerCount == 8)
    }

    @Test func endlessNewNamesHaveOneShareTogether() throws {
        let book = try quotaBook([], total: 1_000)
        var share = FairShare(book, callersMax: 4)
        var known = [Int](repeating: 0, count: 4)
        var new = 0
        for step in 0..<100_000 {
            let now = Duration.microseconds(step * 100)
            let user = UInt32(step % 5 == 4 ? 10 + step : step % 5)
            guard share.admit(book.owner(user: user), now: now) == .admit else { continue }
            if user < 4 { known[Int(user)] += 1 } else { new += 1 }
        }
        let equal = 1_000 * 10 / 5
        for count in known + [new] { #expect((equal * 8 / 10...equal * 14 / 10).contains(count)) }
    }

    @Test func aForgottenCallerIsFoundAgainAsTheSameModel() {
        for seed in TestSeed.seeds(5, for: "callers") {
            var random = SeededRandom(seed: seed)
            var callers = CallerShares(rule: nil, countMax: 5)
            // Newest last.
            var model: [(owner: QuotaOwner, seenAt: Double)] = []
            var now = 0.0
            for _ in 0..<3_000 {
                now += random.fraction() * 4e9
                let owner = QuotaOwner(kind: .user(UInt32(random.next() % 12)))
                let place = callers.place(of: owner, at: now)
                if let known = model.firstIndex(where: { $0.owner == owner }) {
                    model.remove(at: known)
                    model.append((owner, now))
                } else if model.count < 5 {
                    model.append((owner, now))
                } else if now - model[0].seenAt >= 10e9 {
                    model.removeFirst()
                    model.append((owner, now))
                } else {
                    #expect(place == 0, "seed \(seed)")
                    continue
                }
                #expect(place > 0, "seed \(seed)")
                #expect(callers.count == model.count, "seed \(seed)")
            }
        }
    }
}
