import Testing
import VaultTestSupport

@testable import VaultBackup

/// What stays, and when the rest goes. Each test fails without its rule.
@Suite struct PrunePlanTests {
    private let nothing = KeepRules(everythingWithin: nil, periods: [:], minimum: 1)

    /// The digests that stay.
    private func kept(_ plan: PrunePlan) -> Set<String> {
        Set(plan.kept.keys.map { String($0.dropLast(".vab".count)) })
    }

    @Test func everythingIsMarkedFirstAndDeletedAfterTheGracePeriodOnly() throws {
        var input = Shelf.daily(3).input
        input.rules = nothing
        #expect(
            try PrunePlan(input).actions == [.mark(fileName: "d1.vab"), .mark(fileName: "d2.vab")])
        input.marks = ["d1.vab": input.now, "d2.vab": input.now]
        input.now += Shelf.day - 1
        #expect(try PrunePlan(input).actions.isEmpty)
        input.now += 1
        let plan = try PrunePlan(input)
        #expect(plan.actions == [.delete(fileName: "d1.vab"), .delete(fileName: "d2.vab")])
        #expect(kept(plan) == ["d3"])
        let record = try #require(plan.records(at: 7).first)
        #expect(record.sequence == 3 && record.deleted == 2 && record.marked == 0)
    }

    /// Whoever can add files can sign them with a key of their own, under the number of a root key
    /// that the vault has not had yet, and give them the times and numbers that the rules look for.
    @Test func archivesUnderAKeyThatNoDrillHasSeenTakeNoOthersPlace() throws {
        var shelf = Shelf.daily(5)
        let real = Set(shelf.entries.map(\.digest))
        var input = shelf.input
        input.drilledGood = ["d4"]
        let before = try PrunePlan(input)
        #expect(kept(before) == real)
        for day in 0..<5 {
            let digest = shelf.add(at: Shelf.start + Int64(day) * Shelf.day + 12 * Shelf.hour)
            shelf.change(digest) { $0.timeline = 2 }
        }
        let now = input.now + 12 * Shelf.hour
        input = shelf.input
        input.now = now
        input.drilledGood = ["d4"]
        for index in input.candidates.indices {
            let isReal = real.contains(input.candidates[index].entry.digest)
            input.candidates[index].signer = isReal ? [1] : [2]
        }
        let plan = try PrunePlan(input)
        #expect(plan.actions.isEmpty && kept(plan).isSuperset(of: real))
        #expect(plan.kept["d6.vab"] == ["unproven"])
        #expect(plan.highestSequence[Shelf.store] == 5)
        // The vault's after all: a drill has restored one.
        input.drilledGood = ["d4", "d10"]
        #expect(try PrunePlan(input).kept["d6.vab"] != ["unproven"])
    }

    @Test func aMarkOnWhatStaysOrIsGoneIsTakenAway() throws {
        var input = Shelf.daily(1).input
        input.marks = ["d1.vab": input.now, "gone.vab": input.now]
        let actions: [PruneAction] = [
            .unmark(fileName: "d1.vab"), .unmark(fileName: "gone.vab"),
        ]
        #expect(try PrunePlan(input).actions == actions)
    }

    @Test func whatAnArchiveContinuesStaysAsLongAsItDoes() throws {
        var shelf = Shelf()
        let full = shelf.add(at: Shelf.start)
        let middle = shelf.add(at: Shelf.start + Shelf.day, continuing: full)
        let other = shelf.add(at: Shelf.start + 2 * Shelf.day)
        let tip = shelf.add(at: Shelf.start + 3 * Shelf.day, continuing: middle)
        var input = shelf.input
        input.rules = nothing
        let plan = try PrunePlan(input)
        #expect(kept(plan) == [full, middle, tip])
        #expect(plan.kept["d1.vab"] == ["parent"])
        #expect(plan.actions == [.mark(fileName: "\(other).vab")])
    }

    @Test func aChainGoesFromItsEndAndParentsWait() throws {
        var shelf = Shelf()
        let full = shelf.add(at: Shelf.start)
        let one = shelf.add(at: Shelf.start + 1, continuing: full)
        shelf.add(at: Shelf.start + 2, continuing: one)
        shelf.add(at: Shelf.start + 3)
        var input = shelf.input
        input.rules = nothing
        input.marks = ["d1.vab": 0, "d2.vab": 0, "d3.vab": 0].mapValues { $0 + Shelf.start }
        input.now = Shelf.start + Shelf.day
        let deletes = ["d3.vab", "d2.vab", "d1.vab"].map { PruneAction.delete(fileName: $0) }
        #expect(try PrunePlan(input).actions == deletes)
        input.marks["d3.vab"] = Shelf.start + 1
        #expect(try PrunePlan(input).actions.isEmpty)
        input.marks["d3.vab"] = nil
        #expect(try PrunePlan(input).actions == [.mark(fileName: "d3.vab")])
    }

    @Test func theNewestThatADrillProvedStays() throws {
        var input = Shelf.daily(9).input
        input.rules = nothing
        input.drilledGood = ["d2", "d4", "not here"]
        let plan = try PrunePlan(input)
        #expect(kept(plan) == ["d4", "d9"] && plan.kept["d4.vab"] == ["drilled"])
    }

    /// Any of them may be the only good one.
    @Test func nothingIsDeletedBeforeADrillHasProvenOne() throws {
        var shelf = Shelf.daily(3)
        shelf.add(at: Shelf.start + 3 * Shelf.day, store: "another")
        var input = shelf.input
        input.rules = nothing
        input.isProofNeeded = true
        input.drilledGood = ["d9"]
        #expect(
            try PrunePlan(input).actions
                == ["d1.vab", "d2.vab"].map { .mark(fileName: $0) })
        input.marks = ["d1.vab": Shelf.start, "d2.vab": Shelf.start]
        var plan = try PrunePlan(input)
        #expect(plan.actions.isEmpty && plan.held == ["d1.vab", "d2.vab"])
        // A proof about another vault is none about this one.
        input.drilledGood = ["d4"]
        #expect(try PrunePlan(input).held == ["d1.vab", "d2.vab"])
        input.drilledGood = ["d2"]
        plan = try PrunePlan(input)
        #expect(plan.actions == [.delete(fileName: "d1.vab"), .unmark(fileName: "d2.vab")])
        #expect(plan.held.isEmpty && plan.kept["d2.vab"] == ["drilled"])
        input.isProofNeeded = false
        input.drilledGood = []
        #expect(try PrunePlan(input).held.isEmpty)
    }

    @Test func aMinimumOfChainsStays() throws {
        var shelf = Shelf()
        for day in 0..<4 {
            let full = shelf.add(at: Shelf.start + Int64(day) * Shelf.day)
            shelf.add(at: Shelf.start + Int64(day) * Shelf.day + 1, continuing: full)
        }
        var input = shelf.input
        input.rules = KeepRules(everythingWithin: nil, periods: [:], minimum: 2)
        #expect(kept(try PrunePlan(input)) == ["d5", "d6", "d7", "d8"])
    }

    @Test(arguments: [
        (KeepPeriod.hour, ["d2", "d4"]), (.day, ["d4", "d5"]), (.week, ["d5", "d6"]),
        (.month, ["d6", "d7"]), (.year, ["d7", "d8"]),
    ])
    func theLastOfEveryPeriodStays(_ period: KeepPeriod, _ expected: [String]) throws {
        var shelf = Shelf()
        // Monday 00:30, then 29 minutes, an hour, 23 hours, days, weeks and months later.
        let offsets: [Int64] = [
            0, 1_740_000, Shelf.hour, 23 * Shelf.hour, 6 * Shelf.day, 28 * Shelf.day,
            200 * Shelf.day, 310 * Shelf.day,
        ]
        for offset in offsets { shelf.add(at: Shelf.start + offset) }
        var input = shelf.input
        input.rules = KeepRules(
            everythingWithin: nil, periods: [period: 1000 * Shelf.day], minimum: 1)
        input.limits.isConfirmed = true
        let kept = kept(try PrunePlan(input))
        #expect(kept.isSuperset(of: expected), "\(kept)")
        // What shares a period with a later one goes.
        let replaced = [
            KeepPeriod.hour: "d1", .day: "d3", .week: "d4", .month: "d5", .year: "d6",
        ]
        #expect(replaced[period].map { !kept.contains($0) } == true, "\(kept)")
    }

    @Test func agesCountFromTheNewestArchiveAndNotFromNow() throws {
        var input = Shelf.daily(10).input
        input.rules = KeepRules(everythingWithin: 2 * Shelf.day, periods: [:], minimum: 1)
        input.now += 29 * Shelf.day
        #expect(kept(try PrunePlan(input)) == ["d8", "d9", "d10"])
        input.rules.periods = [.day: 4 * Shelf.day]
        #expect(kept(try PrunePlan(input)) == ["d6", "d7", "d8", "d9", "d10"])
    }

    @Test func archivesWithoutTheirParentsAreLeftAloneAndCountForNothing() throws {
        var shelf = Shelf.daily(2)
        shelf.add(at: Shelf.start + 3 * Shelf.day, continuing: "elsewhere")
        var input = shelf.input
        input.rules = nothing
        let plan = try PrunePlan(input)
        #expect(plan.orphans == ["d3.vab"] && kept(plan) == ["d2"])
        #expect(plan.actions == [.mark(fileName: "d1.vab")])
        shelf.change("d1") { $0.parent = "d2" }
        shelf.change("d2") { $0.parent = "d1" }
        input.candidates = shelf.input.candidates
        #expect(try PrunePlan(input).orphans == ["d1.vab", "d2.vab", "d3.vab"])
    }

    @Test func storesAreLookedAtByThemselvesAndCopiesAreOne() throws {
        var shelf = Shelf.daily(2)
        shelf.add(at: Shelf.start + Shelf.day, store: "another")
        var input = shelf.input
        input.rules = nothing
        #expect(kept(try PrunePlan(input)) == ["d2", "d3"])
        var copy = shelf.entries[0]
        copy.fileName = "copy.vab"
        input.candidates.append(.init(copy, isAuthentic: true))
        input.marks = ["d1.vab": Shelf.start]
        input.now += Shelf.day
        #expect(try PrunePlan(input).actions == [.mark(fileName: "copy.vab")])
        input.marks["copy.vab"] = Shelf.start
        let deletes = ["copy.vab", "d1.vab"].map { PruneAction.delete(fileName: $0) }
        #expect(try PrunePlan(input).actions == deletes)
    }

    @Test func anEmptyDirectoryNeedsNothing() throws {
        #expect(try PrunePlan(PruneInput()).actions.isEmpty)
    }
}
