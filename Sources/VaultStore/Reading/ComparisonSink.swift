/// Looks whether a comparison holds for every record.
struct ComparisonSink: RangeSink {
    private let comparison: Comparison
    private(set) var holds = true
    private(set) var isEmpty = true

    init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    mutating func append(_ record: borrowing RecordView) {
        isEmpty = false
        guard holds else { return }
        holds = comparison.holds(
            version: record.version, create: record.createRevision.rawValue,
            mod: record.modRevision.rawValue, lease: record.lease.rawValue, value: record.value)
    }
}
