/// One record as a read hands it over: the bytes are valid only during the call.
///
/// Values go from here straight into the answer, so that a secret leaves no copy on the way.
public struct RecordView {
    public let key: UnsafeRawBufferPointer
    /// Empty when the query asked for keys only.
    public let value: UnsafeRawBufferPointer
    public let createRevision: Revision
    public let modRevision: Revision
    public let version: Int64
    public let lease: LeaseID
}

/// Takes the records of a read in the order of the answer.
public protocol RangeSink {
    mutating func append(_ record: borrowing RecordView)
}

/// Gathers records as values, for callers that keep them.
public struct KeyValueSink: RangeSink {
    public private(set) var keyValues: [KeyValue] = []

    public init() {}

    public mutating func append(_ record: borrowing RecordView) {
        keyValues.append(
            KeyValue(
                key: Bytes(record.key), value: Bytes(record.value),
                createRevision: record.createRevision, modRevision: record.modRevision,
                version: record.version, lease: record.lease))
    }
}
