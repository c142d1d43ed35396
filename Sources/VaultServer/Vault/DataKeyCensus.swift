/// How many records are under which data key, as counted last. Counting passes over the whole file,
/// so it is done again only when that takes a small part of the time.
struct DataKeyCensus: Sendable {
    private struct Count {
        var records: [UInt32: Int]
        /// Of the keyring: with other keys the count means nothing.
        var generation: UInt64
        var validUntil: ContinuousClock.Instant
    }

    private var last: Count?

    /// The last count, when it is to be made do with.
    func records(
        generation: UInt64, now: ContinuousClock.Instant
    ) -> [UInt32: Int]? {
        guard let last, last.generation == generation, now < last.validUntil else { return nil }
        return last.records
    }

    /// Takes in a count that was begun and ended at these times.
    mutating func note(
        _ records: [UInt32: Int], generation: UInt64, began: ContinuousClock.Instant,
        ended: ContinuousClock.Instant
    ) {
        last = Count(
            records: records, generation: generation,
            validUntil: ended + (ended - began) * Limits.censusPauseFactor)
    }
}
