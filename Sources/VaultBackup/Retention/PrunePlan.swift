/// What a prune does, decided from what it knows and nothing else.
///
/// - Chains stay whole: what an archive continues stays as long as it does.
/// - Two steps: marked now, deleted by a prune after the grace period.
/// - The newest archive that a drill restored stays, and `minimum` full archives. Where a proof is
///   needed and no archive of a store has one, nothing of that store is deleted.
/// - Archives whose parents are not there are left alone and named.
/// - Each store in the directory is looked at by itself.
public struct PrunePlan: Equatable, Sendable {
    /// In the order in which they are to be done: deleting goes from the end of a chain to its
    /// beginning, so that a crash in between leaves no archive without its parent.
    public private(set) var actions: [PruneAction] = []
    /// By file name: why it stays, sorted: "minimum", "drilled", "day", "parent", ...
    public private(set) var kept: [String: [String]] = [:]
    /// Names of archives that cannot be restored, because what they continue is not there.
    public private(set) var orphans: [String] = []
    /// Names of archives that would be deleted, had a drill restored one of their store.
    public private(set) var held: [String] = []
    /// By store: the highest number of an archive that is there.
    public private(set) var highestSequence: [String: UInt64] = [:]

    private var storeIDs: [String: String] = [:]

    /// Throws when it does not believe what it sees, and then nothing may be deleted: `.clock`
    /// for times that cannot be, `.integrity` for archives that are not their vault's, that do
    /// not follow each other, or that are more than the schedule makes.
    public init(_ input: PruneInput) throws(BackupError) {
        try PruneCheck(input).run()
        var leaving: [Leaving] = []
        for (store, entries) in PruneCheck.byStore(input.candidates.map(\.entry)) {
            let forest = ArchiveForest(entries)
            let unproven = Self.unproven(forest, input)
            let reasons = Self.reasons(forest, unproven, input)
            let isProven = !input.drilledGood.isDisjoint(with: forest.complete)
            highestSequence[store] = entries.filter { !unproven.contains($0.digest) }
                .map(\.sequence).max()
            for entry in entries { storeIDs[entry.fileName] = store }
            for (digest, names) in forest.fileNames {
                if let why = reasons[digest] {
                    for name in names { kept[name] = why.sorted() }
                } else if forest.complete.contains(digest) {
                    leaving.append(
                        Leaving(
                            digest: digest, forest: forest,
                            isHeld: input.isProofNeeded && !isProven))
                } else {
                    orphans += names
                }
            }
        }
        orphans.sort()
        decide(leaving, input)
        held.sort()
    }

    /// An archive that no rule keeps.
    private struct Leaving {
        var digest: String
        var forest: ArchiveForest
        /// It waits until a drill has restored an archive of its store.
        var isHeld: Bool

        var fileNames: [String] { forest.fileNames[digest] ?? [] }
    }

    /// Archives that were signed with other keys than those that a drill has restored. They are
    /// the vault's after a change of its root key, or of somebody who made a key for them: they
    /// stay until a drill tells, and take no other's place.
    private static func unproven(_ forest: ArchiveForest, _ input: PruneInput) -> Set<String> {
        var signers: [String: [UInt8]] = [:]
        for candidate in input.candidates where forest.entries[candidate.entry.digest] != nil {
            signers[candidate.entry.digest] = candidate.signer
        }
        let proven = Set(signers.filter { input.drilledGood.contains($0.key) }.values)
        guard !proven.isEmpty else { return [] }
        return Set(signers.filter { !proven.contains($0.value) }.keys)
    }

    /// Why each archive stays; those that are not named do not.
    private static func reasons(
        _ forest: ArchiveForest, _ unproven: Set<String>, _ input: PruneInput
    ) -> [String: Set<String>] {
        var reasons: [String: Set<String>] = [:]
        func keep(_ digest: String, _ why: String) {
            for (index, member) in forest.chain(of: digest).enumerated() {
                reasons[member, default: []].insert(index == 0 ? why : "parent")
            }
        }
        for digest in unproven { keep(digest, "unproven") }
        let newest = forest.newestFirst(forest.complete.subtracting(unproven))
        if let last = newest.first { keep(last, "newest") }
        if let proven = newest.first(where: input.drilledGood.contains) { keep(proven, "drilled") }
        var roots: Set<String> = []
        for digest in newest where roots.count < input.rules.minimum {
            guard let root = forest.chain(of: digest).last else { continue }
            if roots.insert(root).inserted { keep(digest, "minimum") }
        }
        let latest = newest.compactMap { forest.entries[$0]?.created }.max() ?? 0
        var seen: Set<[Int64]> = []
        for digest in newest {
            guard let created = forest.entries[digest]?.created else { continue }
            let age = latest - created
            if let limit = input.rules.everythingWithin, age <= limit { keep(digest, "recent") }
            for (index, period) in KeepPeriod.allCases.enumerated() {
                guard let limit = input.rules.periods[period], age <= limit else { continue }
                let bucket = [Int64(index), period.number(of: created)]
                if seen.insert(bucket).inserted { keep(digest, "\(period)") }
            }
        }
        return reasons
    }

    private mutating func decide(
        _ leaving: [Leaving], _ input: PruneInput
    ) {
        // From the end of each chain: a parent waits for all that continue it.
        let ordered = leaving.sorted {
            let (one, other) = ($0.forest.chain(of: $0.digest), $1.forest.chain(of: $1.digest))
            return (-one.count, $0.digest) < (-other.count, $1.digest)
        }
        var waiting: Set<String> = []
        for archive in ordered {
            var isWaiting = waiting.contains(archive.digest)
            for name in archive.fileNames {
                if let marked = input.marks[name] {
                    isWaiting = isWaiting || input.now - marked < input.limits.grace
                } else {
                    actions.append(.mark(fileName: name))
                    isWaiting = true
                }
            }
            if isWaiting {
                waiting.formUnion(archive.forest.chain(of: archive.digest))
            } else if archive.isHeld {
                held += archive.fileNames
            } else {
                actions += archive.fileNames.map { .delete(fileName: $0) }
            }
        }
        let going = Set(leaving.flatMap(\.fileNames))
        for name in input.marks.keys.sorted() where !going.contains(name) {
            actions.append(.unmark(fileName: name))
        }
    }

    /// What belongs in the ledger once all actions are done: a record a store.
    ///
    /// - Parameter drills: how far another user's ledger of drills was, if one was looked at.
    public func records(at time: Int64, drills: LedgerHead? = nil) -> [PruneRecord] {
        highestSequence.sorted { $0.key < $1.key }.map { store, sequence in
            var record = PruneRecord()
            record.time = time
            record.storeID = store
            record.sequence = sequence
            record.drills = drills
            for action in actions {
                switch action {
                case .mark(let name) where storeIDs[name] == store: record.marked += 1
                case .delete(let name) where storeIDs[name] == store: record.deleted += 1
                case .mark, .delete, .unmark: break
                }
            }
            return record
        }
    }
}
