/// What is said of a transaction of reads besides its records.
public struct TransactionSummary: Equatable, Sendable {
    /// The store's revision when the transaction was served.
    public var revision: Revision
    /// The comparisons held.
    public var succeeded: Bool
}

/// Takes the ranges of a transaction one after the other: the records of one, and its end.
public protocol TransactionSink: RangeSink {
    mutating func finishRange(_ summary: RangeSummary)
}
