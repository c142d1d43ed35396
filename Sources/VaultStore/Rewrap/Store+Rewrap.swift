import LMDB
import VaultSeal

extension Store {
    /// Begins to seal every record that is under an older data key once more, under the one that
    /// seals now, in the background; or goes on with what is under way, at the new rate.
    ///
    /// It yields to writes, and ends with the store: a later one passes over what is done, about a
    /// million records a second.
    ///
    /// - Parameters:
    ///   - recordsPerSecond: records that are sealed again in a second, at most; nil is what the
    ///     configuration says.
    ///   - completion: runs on the writer's thread when nothing is left under a data key before
    ///     `target`, nor ever comes back: older keys may go once `waitForEarlierReads` returned.
    ///     Not called for a sweep that was ended before.
    public func startRewrap(
        recordsPerSecond: Int?, completion: @escaping @Sendable (_ target: UInt32) -> Void
    ) throws(StoreError) {
        try reading { () throws(StoreError) in
            rewraps.start(
                target: log.cipher.newestDataKey,
                recordsPerSecond: recordsPerSecond ?? configuration.rewrapRate,
                completion: completion)
        }
        wakeWriter()
    }

    /// Ends what is under way; what was sealed again stays so. False when there was nothing.
    public func stopRewrap() -> Bool { rewraps.stop() }

    /// What is under way.
    public func rewrapStatus() -> RewrapStatus {
        let total = Int(clock.recordCount)
        guard let sweep = rewraps.sweep else {
            return RewrapStatus(isRunning: false, done: total, total: total)
        }
        let done = sweep.isChecking ? total : min(sweep.done, total)
        return RewrapStatus(isRunning: true, done: done, total: total)
    }

    /// How many rows of the file are under which data key, by their headers. Passes over the whole
    /// file, a second for some million records, in short reads.
    public func dataKeyUse(
        isCancelled: () -> Bool = { false }
    ) throws(StoreError) -> [UInt32: Int] {
        var counts: [UInt32: Int] = [:]
        for part in RewrapSweep.Part.allCases {
            var start: Bytes? = [0]
            while let here = start {
                if isCancelled() { throw .closed }
                start = try reading { () throws(StoreError) in
                    try log.countDataKeys(of: part, from: here, into: &counts)
                }
            }
        }
        return counts
    }

    /// Returns when every read of the file has ended that began before. One thread at a time, and
    /// none that reads.
    public func waitForEarlierReads() { log.environment.waitForEarlierReads() }
}
