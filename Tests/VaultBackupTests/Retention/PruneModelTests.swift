import Testing
import VaultTestSupport

@testable import VaultBackup

/// The plan against the rules as one would say them, and over years of made-up backups.
@Suite struct PruneModelTests {
    /// Archives of some weeks, in chains of random length, some of them lost.
    private func shelf(_ random: inout SeededRandom, count: Int) -> Shelf {
        var shelf = Shelf()
        var time = Shelf.start
        var tips: [String] = []
        for _ in 0..<count {
            time += Int64(random.pick([1, 20, 60, 600, 1500, 4000])) * 60_000
            let parent = tips.isEmpty || random.once(in: 3) ? nil : random.pick(tips.suffix(4))
            tips.append(shelf.add(at: time, continuing: parent))
        }
        for entry in shelf.entries where random.once(in: 15) { shelf.remove(entry.fileName) }
        return shelf
    }

    private func rules(_ random: inout SeededRandom) -> KeepRules {
        var periods: [KeepPeriod: Int64] = [:]
        for period in KeepPeriod.allCases where random.once(in: 2) {
            periods[period] = Int64(random.pick(0...60)) * Shelf.day
        }
        let recent = random.once(in: 2) ? nil : Int64(random.pick(0...5)) * Shelf.day
        return KeepRules(
            everythingWithin: recent, periods: periods, minimum: random.pick(1...4))
    }

    /// Said of each archive by itself, in the slow way.
    private func model(_ input: PruneInput) -> Set<String> {
        let all = input.candidates.map(\.entry)
        func parent(_ entry: ArchiveEntry) -> ArchiveEntry? {
            all.first { $0.digest == entry.parent }
        }
        func ancestors(_ entry: ArchiveEntry) -> [ArchiveEntry] {
            [entry] + (parent(entry).map(ancestors) ?? [])
        }
        let whole = all.filter { ancestors($0).last?.parent == nil }
        let latest = whole.map(\.created).max() ?? 0
        func isLast(_ entry: ArchiveEntry, of others: [ArchiveEntry]) -> Bool {
            !others.contains { $0.sequence > entry.sequence }
        }
        func root(_ entry: ArchiveEntry) -> String { ancestors(entry).last?.digest ?? "" }
        let wanted = whole.filter { entry in
            let age = latest - entry.created
            if isLast(entry, of: whole) { return true }
            if let limit = input.rules.everythingWithin, age <= limit { return true }
            for (period, limit) in input.rules.periods where age <= limit {
                let same = whole.filter {
                    period.number(of: $0.created) == period.number(of: entry.created)
                }
                if isLast(entry, of: same) { return true }
            }
            let proven = whole.filter { input.drilledGood.contains($0.digest) }
            if proven.contains(entry), isLast(entry, of: proven) { return true }
            let ofRoot = whole.filter { root($0) == root(entry) }
            let newerRoots = Set(whole.filter { $0.sequence > entry.sequence }.map(root))
            return isLast(entry, of: ofRoot) && newerRoots.count < input.rules.minimum
        }
        return Set(wanted.flatMap(ancestors).map(\.fileName))
    }

    @Test(arguments: TestSeed.seeds(12, for: "prune model"))
    func thePlanKeepsWhatTheRulesSay(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<25 {
            var input = shelf(&random, count: random.pick(1...40)).input
            input.rules = rules(&random)
            input.limits.isConfirmed = true
            for candidate in input.candidates where random.once(in: 5) {
                input.drilledGood.insert(candidate.entry.digest)
            }
            input.candidates.shuffle(using: &random)
            let plan = try PrunePlan(input)
            #expect(Set(plan.kept.keys) == model(input), "seed \(seed)")
            let named = plan.kept.count + plan.orphans.count + plan.actions.count
            #expect(named == input.candidates.count, "seed \(seed)")
        }
    }

    /// A prune a day, each of which may be killed after any of its actions.
    @Test(arguments: TestSeed.seeds(6, for: "prune life"))
    func neverIsTooMuchTakenAway(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var shelf = Shelf()
        var marks: [String: Int64] = [:]
        var drilled: Set<String> = []
        var last: [String: PruneRecord] = [:]
        var now = Shelf.start
        var tip: String?
        var deleted = 0
        for day in 0..<400 {
            for _ in 0..<random.pick(0...3) {
                now += Shelf.hour
                tip = shelf.add(at: now, continuing: random.once(in: 6) ? nil : tip)
                if random.once(in: 8), let tip { drilled.insert(tip) }
            }
            now = max(now, Shelf.start + Int64(day + 1) * Shelf.day)
            var input = shelf.input
            (input.now, input.marks, input.drilledGood, input.lastPrune) =
                (now, marks, drilled, last)
            input.rules = KeepRules(
                everythingWithin: Shelf.day, periods: [.day: 10 * Shelf.day], minimum: 3)
            let fulls = shelf.entries.count { $0.parent == nil }
            let proven = shelf.entries.last { drilled.contains($0.digest) }?.digest
            let plan = try PrunePlan(input)
            let done = random.once(in: 4) ? random.pick(0...plan.actions.count) : .max
            for action in plan.actions.prefix(done) {
                switch action {
                case .mark(let name): marks[name] = now
                case .unmark(let name): marks[name] = nil
                case .delete(let name):
                    #expect(now - (marks[name] ?? now) >= Shelf.day, "seed \(seed)")
                    shelf.remove(name)
                    if !random.once(in: 5) { marks[name] = nil }
                    deleted += 1
                }
                // Checked after each action, for a crash may come there.
                let left = Set(shelf.entries.map(\.digest))
                let isWhole = shelf.entries.allSatisfy { $0.parent.map(left.contains) ?? true }
                #expect(isWhole, "seed \(seed), day \(day)")
            }
            let left = shelf.entries.count { $0.parent == nil }
            #expect(left >= min(3, fulls), "seed \(seed), day \(day)")
            #expect(proven.map { p in shelf.entries.contains { $0.digest == p } } ?? true)
            for record in plan.records(at: now) { last[record.storeID] = record }
        }
        #expect(deleted > 100, "seed \(seed): only \(deleted) deleted")
        #expect(shelf.entries.count < 120, "seed \(seed): \(shelf.entries.count) left")
        #expect(shelf.entries.count { $0.parent == nil } >= 3, "seed \(seed)")
    }
}
