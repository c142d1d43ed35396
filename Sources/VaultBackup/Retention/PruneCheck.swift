/// The reasons not to prune at all.
struct PruneCheck {
    private let input: PruneInput

    init(_ input: PruneInput) { self.input = input }

    /// Throws the first that there is.
    func run() throws(BackupError) {
        try checkAuthenticity()
        try checkDigests()
        try checkClock()
        for (store, entries) in Self.byStore(input.candidates.map(\.entry)) {
            try checkSequence(entries)
            try checkGaps(entries, since: input.lastPrune[store])
            try checkCount(entries, since: input.lastPrune[store])
        }
    }

    static func byStore(_ entries: [ArchiveEntry]) -> [(String, [ArchiveEntry])] {
        Dictionary(grouping: entries, by: \.storeID).sorted { $0.key < $1.key }.map {
            ($0.key, $0.value.sorted { ($0.sequence, $0.digest) < ($1.sequence, $1.digest) })
        }
    }

    private func checkAuthenticity() throws(BackupError) {
        let names = input.candidates.filter { !$0.isAuthentic }.map(\.entry.fileName).sorted()
        guard let first = names.first else { return }
        throw .integrity(
            "\(names.count) archives are not what their vault signed, the first is \(first); "
                + "nothing was pruned: move them away and find out who put them there")
    }

    /// A digest is one archive's. Another that claims it would share in what a drill has proven.
    private func checkDigests() throws(BackupError) {
        var signers: [String: [UInt8]] = [:]
        for candidate in input.candidates.sorted(by: { $0.entry.fileName < $1.entry.fileName }) {
            let (entry, signer) = (candidate.entry, candidate.signer)
            guard signers.updateValue(signer, forKey: entry.digest) ?? signer == signer else {
                throw .integrity(
                    "\(entry.fileName) says that it is another archive, which was signed with "
                        + "another key; nothing was pruned: one of them is not real")
            }
        }
    }

    /// The newest time that anything tells, this machine's clock aside.
    private var newestKnown: Int64? {
        (input.candidates.map(\.entry.created) + input.marks.values
            + input.lastPrune.values.map(\.time)
            + (input.newestLedgerTime > 0 ? [input.newestLedgerTime] : [])).max()
    }

    private func checkClock() throws(BackupError) {
        // Confirmed, a mark from the future is one of just now, and ages do not count from now.
        guard let known = newestKnown, !input.limits.isConfirmed else { return }
        let now = UTCTime.text(input.now)
        guard input.now >= known - input.limits.clockBackMax else {
            throw .clock(
                "it is \(now) here, and something was made at \(UTCTime.text(known)); "
                    + "nothing was pruned: set the clock, or confirm it")
        }
        guard input.now - known <= input.limits.clockJumpMax else {
            throw .clock(
                "it is \(now) here, and the newest archive or drill is of \(UTCTime.text(known)); "
                    + "nothing was pruned: set the clock, or make a backup, or confirm the gap")
        }
    }

    /// Numbers are given once, and rise with time and revisions within a timeline.
    private func checkSequence(_ entries: [ArchiveEntry]) throws(BackupError) {
        for timeline in Dictionary(grouping: entries, by: \.timeline).values {
            for (one, next) in zip(timeline, timeline.dropFirst()) where one.digest != next.digest {
                guard one.sequence < next.sequence else {
                    throw .integrity(
                        "\(one.fileName) and \(next.fileName) both have the number "
                            + "\(one.sequence); nothing was pruned: one of them is not real")
                }
                guard one.lastRevision <= next.lastRevision else {
                    throw .integrity(
                        "\(next.fileName) ends before \(one.fileName), which is older; "
                            + "nothing was pruned: one of them is not real")
                }
                guard next.created >= one.created - input.limits.clockBackMax else {
                    throw .clock(
                        "\(next.fileName) says that it is older than \(one.fileName) and has "
                            + "the higher number; nothing was pruned: the vault's clock was wrong")
                }
            }
        }
    }

    /// An archive made with a clock in the future would make all others look old.
    private func checkGaps(
        _ entries: [ArchiveEntry], since last: PruneRecord?
    ) throws(BackupError) {
        guard !input.limits.isConfirmed else { return }
        for (one, next) in zip(entries, entries.dropFirst()) {
            guard next.sequence > last?.sequence ?? 0 else { continue }
            guard next.created - one.created <= input.limits.clockJumpMax else {
                throw .clock(
                    "\(UTCTime.day(one.created)) to \(UTCTime.day(next.created)) there was no "
                        + "backup, or \(next.fileName) was made with a wrong clock; "
                        + "nothing was pruned: confirm the gap when it was a pause")
            }
        }
    }

    /// More than the schedule makes: somebody pushes the old ones out.
    private func checkCount(
        _ entries: [ArchiveEntry], since last: PruneRecord?
    ) throws(BackupError) {
        guard !input.limits.isConfirmed else { return }
        let new = entries.filter { $0.sequence > last?.sequence ?? 0 }
        guard let oldest = new.map(\.created).min() else { return }
        let time = max(0, input.now - min(last?.time ?? oldest, oldest))
        let expected = time / input.limits.backupInterval + 1 + Int64(input.limits.extraBackups)
        guard Set(new.map(\.digest)).count <= expected else {
            throw .integrity(
                "\(new.count) archives are new, the schedule makes \(expected) at most; "
                    + "nothing was pruned: find out who made them, or confirm them")
        }
    }
}
