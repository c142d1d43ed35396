import VaultSeal

/// Prunes of a shelf of copies, with a clock that is wrong and with archives that are not real.
extension NegativeControls {
    private static let dayMilliseconds = KeepPeriod.dayMilliseconds
    /// More than the schedule makes in an hour, and by hand.
    private static let floodCount = 64
    /// Longer than any rule keeps what is not the newest.
    private static let monthCount = 24

    private var newestCreated: Int64 { newest.footer.identity.created }

    // MARK: - N16

    mutating func clocks() {
        for (name, days) in [("N16/forward", Int64(400)), ("N16/back", -1)] {
            let now = newestCreated + days * Self.dayMilliseconds
            let (opened, plan) = (opened, plan)
            control(name, expected: [22]) { (directory) throws(BackupError) in
                let shelf = try ArchiveShelf(of: opened, in: directory)
                return try shelf.prune(by: plan) { $0.now = now }
            }
        }
    }

    // MARK: - N19

    mutating func floods() {
        let (opened, plan, newestCreated) = (opened, plan, newestCreated)
        let now = newestCreated + 3_600_000
        // One that saw all real archives: a pause between those was looked at then.
        var pruned = PruneRecord()
        pruned.time = newestCreated
        pruned.sequence = newest.footer.identity.sequence
        let lastPrune = [newest.footer.identity.storeID.description: pruned]
        for (name, isSigned) in [("N19/unsigned", false), ("N19/signed", true)] {
            control(name, expected: [13]) { (directory) throws(BackupError) in
                try BackupAge.checkOrder(opened.chain)
                let shelf = try ArchiveShelf(of: opened, in: directory)
                try shelf.flood(Self.floodCount, every: 1_000, isSigned: isSigned)
                return try shelf.prune(by: plan) { input in
                    input.now = now
                    input.lastPrune = lastPrune
                }
            }
        }
        // Somebody believed them and confirmed: then all rules point at the false ones, and only
        // that a drill has proven the old chain keeps it.
        control("N19/drilled", expected: [0]) { (directory) throws(BackupError) in
            try BackupAge.checkOrder(opened.chain)
            let shelf = try ArchiveShelf(of: opened, in: directory)
            let month = 31 * Self.dayMilliseconds
            try shelf.flood(Self.monthCount, every: month, isSigned: true)
            let end = newestCreated + Int64(Self.monthCount) * month
            return try shelf.pruneTwice(by: plan) { input in
                input.now = end
                input.limits.isConfirmed = true
                input.drilledGood = [opened.chain.last.digestText]
            }
        }
    }
}
