import Testing
import VaultTestSupport

@testable import VaultAccess

/// Who gets how much, by simulation.
@Suite struct FairShareTests {
    private static func seeds(_ name: String) -> [UInt64] { TestSeed.seeds(6, for: name) }

    /// Rules whose rates are set aside, and a total that is `surplus` more.
    private static func reserved(
        _ random: inout SeededRandom, surplus: Int
    ) throws -> (book: QuotaBook, bursts: Int) {
        var (lines, sum, bursts) = ([String](), 0, 0)
        for user in 0..<4 {
            let rate = 10 + Int(random.next() % 190)
            let burst = 1 + Int(random.next() % 50)
            let name = user.isMultiple(of: 2) ? "guaranteed" : "burstable"
            lines.append("uid:\(user) class=\(name) rate=\(rate) burst=\(burst)")
            sum += rate
            bursts += burst
        }
        return (try quotaBook(lines, total: sum + surplus), bursts)
    }

    @Test(arguments: seeds("reserved"))
    func whatIsSetAsideIsNeverRefusedWhateverOthersDo(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let surplus = random.once(in: 3) ? 0 : Int(random.next() % 300)
        let (book, _) = try Self.reserved(&random, surplus: surplus)
        var share = FairShare(book)
        // Whole numbers: tokens in billionths, by a bucket that is filled as time goes by.
        var tokens = (0..<4).map { 1_000_000_000 * (book.rules[$0].burst ?? 0) }
        var now = 0
        for _ in 0..<30_000 {
            let step = Int(random.next() % 1_000_000)
            now += step
            for user in 0..<4 {
                let (rate, burst) = (book.rules[user].rate ?? 0, book.rules[user].burst ?? 0)
                tokens[user] = min(tokens[user] + step * rate, 1_000_000_000 * burst)
            }
            let user = Int(random.next() % 6)
            let owner = book.owner(user: UInt32(user))
            let isWithin = user < 4 && tokens[user] >= 1_000_000_000
            // Some ask within their rate only; burstable ones and the rest ask for anything.
            guard isWithin || user.isMultiple(of: 2) == false || user > 3 else { continue }
            let decision = share.admit(owner, now: .nanoseconds(now))
            guard isWithin else { continue }
            #expect(decision == .admit, "seed \(seed) at \(now): \(book.rules[user])")
            tokens[user] -= 1_000_000_000
        }
    }

    @Test func aGuaranteedCallerGetsItsRateAndNoMore() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=100 burst=10"])
        var share = FairShare(book)
        var crowd = Crowd([(book.owner(user: 1), 5_000)], seed: 1)
        crowd.ask(&share, seconds: 20)
        #expect((2_000...2_011).contains(crowd.callers[0].admitted))
    }

    @Test(arguments: seeds("fair"))
    func whoAsksForAHundredTimesAsMuchGetsAnEqualShare(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let total = [200, 400, 1_000][Int(seed % 3)]
        let book = try quotaBook([], total: total)
        let count = 2 + Int(random.next() % 8)
        let equal = Double(total) / Double(count)
        // One asks for a hundred shares, some for twice theirs, one for less than its own.
        let callers = (0..<count).map { user in
            (book.owner(user: UInt32(user)), equal * (user == 0 ? 100 : user == 1 ? 0.7 : 2))
        }
        var share = FairShare(book)
        var crowd = Crowd(callers, seed: seed)
        crowd.ask(&share, seconds: 5)
        crowd.reset()
        let seconds = 10.0
        crowd.ask(&share, seconds: seconds)
        #expect(crowd.callers[1].servedPart > 0.9, "seed \(seed)")
        let sum = crowd.callers.reduce(0) { $0 + $1.admitted }
        #expect(Double(sum) > 0.93 * Double(total) * seconds, "seed \(seed): wasted")
        // What the modest one leaves is shared by all others alike.
        let rest = Double(sum - crowd.callers[1].admitted) / Double(max(count - 1, 1))
        for caller in crowd.callers where caller.rate > equal {
            let got = Double(caller.admitted)
            #expect((rest * 0.7...rest * 1.3).contains(got), "seed \(seed): \(got) of \(rest)")
        }
    }

    @Test(arguments: seeds("budget"))
    func theTotalStaysWithinTheBudgetAndTheBursts(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (book, bursts) = try Self.reserved(&random, surplus: Int(random.next() % 300))
        var share = FairShare(book)
        let callers = (0..<10).map { user in
            (book.owner(user: UInt32(user)), 1 + 300 * random.fraction())
        }
        var crowd = Crowd(callers, seed: seed)
        // A pause, so that everything is full in the middle too.
        crowd.ask(&share, seconds: 10)
        let total = Double(book.requestsPerSecondMax)
        #expect(crowd.excess(over: total) <= total + Double(bursts) + 1, "seed \(seed)")
    }

    @Test func aNewcomerDisplacesNobodyForLong() throws {
        let book = try quotaBook([], total: 500)
        var share = FairShare(book)
        var crowd = Crowd([(book.owner(user: 1), 5_000)], seed: 1)
        crowd.ask(&share, seconds: 5)
        // Half of the budget for two seconds, less what the newcomer makes up for first.
        crowd.join(book.owner(user: 2), rate: 20_000)
        crowd.reset()
        crowd.ask(&share, seconds: 2)
        #expect(crowd.callers[0].admitted > 500 / 2 * 2 / 2)
    }

    @Test func whatIsSetAsideAndNotUsedIsThereForOthers() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=900"], total: 1_000)
        var share = FairShare(book)
        var crowd = Crowd([(book.owner(user: 7), 5_000)], seed: 1)
        crowd.ask(&share, seconds: 5)
        crowd.reset()
        crowd.ask(&share, seconds: 10)
        #expect((9_900...10_100).contains(crowd.callers[0].admitted))
    }

    @Test func burstableCallersGetTheirRateAndWhatIsLeft() throws {
        let book = try quotaBook(
            ["uid:1 class=burstable rate=100", "uid:2 class=guaranteed rate=500"], total: 1_000)
        var share = FairShare(book)
        var crowd = Crowd(
            [(book.owner(user: 1), 5_000), (book.owner(user: 2), 5_000)], seed: 1)
        crowd.ask(&share, seconds: 5)
        crowd.reset()
        crowd.ask(&share, seconds: 10)
        #expect((4_900...5_100).contains(crowd.callers[0].admitted))
        #expect((4_990...5_010).contains(crowd.callers[1].admitted))
    }

    @Test func bestEffortLeavesTheLastQuarterToBurstableCallers() throws {
        let book = try quotaBook(["uid:1 class=burstable rate=1 burst=1"], total: 1_000)
        var share = FairShare(book)
        func admitted(_ owner: QuotaOwner, of count: Int) -> Int {
            (0..<count).count { _ in share.admit(owner, now: .zero) == .admit }
        }
        // However many they are, and however much they ask.
        let bestEffort = (10..<60).reduce(0) {
            $0 + admitted(book.owner(user: UInt32($1)), of: 1_000)
        }
        #expect((700...750).contains(bestEffort))
        #expect(admitted(book.owner(user: 99), of: 1_000) == 0)
        #expect((100...251).contains(admitted(book.owner(user: 1), of: 1_000)))
    }

    @Test(arguments: seeds("free"))
    func refusedRequestsCostNothingLater(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let book = try quotaBook(
            [
                "uid:1 class=guaranteed rate=20 burst=3", "uid:2 class=burstable rate=20",
                "uid:3 rate=30",
            ], total: 100)
        // The second hears only of what the first admitted.
        var (all, some) = (FairShare(book), FairShare(book))
        var now = 0
        for _ in 0..<20_000 {
            now += Int(random.next() % 4_000_000)
            let owner = book.owner(user: UInt32(random.next() % 6))
            if all.admit(owner, now: .nanoseconds(now)) == .admit {
                #expect(some.admit(owner, now: .nanoseconds(now)) == .admit, "seed \(seed)")
            }
        }
        for user: UInt32 in 0..<6 {
            let owner = book.owner(user: user)
            let decisions = (0..<100).map { _ in all.admit(owner, now: .nanoseconds(now)) }
            let others = (0..<100).map { _ in some.admit(owner, now: .nanoseconds(now)) }
            #expect(decisions.map { $0 == .admit } == others.map { $0 == .admit }, "seed \(seed)")
        }
    }
}
