/// Whether the newest archive is as new as it must be.
public enum BackupAge {
    /// Throws `.stale` when the archive is older than `ageMax`, and `.clock` when it is from the
    /// future; all in milliseconds.
    public static func check(
        _ footer: ArchiveFooter, now: Int64, ageMax: Int64
    ) throws(BackupError) {
        let age = now - footer.identity.created
        // Clocks of two machines differ a little.
        guard age >= -60_000 else {
            throw .clock("the newest archive is from the future; set the clock of this machine")
        }
        guard age <= ageMax else {
            throw .stale(
                "the newest archive is \(age / 1_000) s old, \(ageMax / 1_000) s are allowed; "
                    + "look why no newer one was made, and at the clock")
        }
    }

    /// Throws `.clock` when an archive says that it is older than one before it: no prune believes
    /// such times, and what a drill tries with prunes would show nothing.
    public static func checkOrder(_ chain: ArchiveChain) throws(BackupError) {
        for (one, next) in zip(chain.files, chain.files.dropFirst()) {
            let (before, after) = (one.footer.identity.created, next.footer.identity.created)
            guard after >= before - PruneLimits().clockBackMax else {
                throw .clock(
                    "\(next.name) is of \(UTCTime.text(after)) and continues \(one.name) of "
                        + "\(UTCTime.text(before)): the clock of the vault was wrong; set it, then "
                        + "make a full archive, and move these away once it is proven")
            }
        }
    }

    /// Throws `.stale` when an archive with a higher number was seen before.
    public static func checkRollback(
        _ footer: ArchiveFooter, highestSeen: UInt64
    ) throws(BackupError) {
        guard footer.identity.sequence >= highestSeen else {
            throw .stale(
                "the newest archive has number \(footer.identity.sequence), and number "
                    + "\(highestSeen) was seen before; find out who took it away")
        }
    }
}
