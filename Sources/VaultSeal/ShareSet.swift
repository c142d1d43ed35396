/// Shares that belong together.
public struct ShareSet: Hashable, Sendable {
    /// Random; another set of the same vault has another.
    public let id: UInt32
    /// So many of them open the slot.
    public let threshold: UInt8
    /// So many were made.
    public let count: UInt8

    /// Throws `.invalidSlot` unless 2 <= threshold <= count: with one, a key file does as
    /// well.
    public init(id: UInt32, threshold: UInt8, count: UInt8) throws(SealError) {
        guard threshold >= 2, threshold <= count else {
            throw .invalidSlot(
                "a threshold is at least 2 and at most the count of shares, not \(threshold) of "
                    + "\(count)")
        }
        self.id = id
        self.threshold = threshold
        self.count = count
    }
}
