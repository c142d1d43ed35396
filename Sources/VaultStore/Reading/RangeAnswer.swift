import VaultSeal

/// Turns positions found in the index into the records of an answer: opens them, applies filters,
/// order and limit, and hands them to the sink.
///
/// Order, limit and filters are applied as etcd does: a limit cuts the walk only when neither an
/// order nor a filter is asked for, otherwise the whole range is filtered and sorted first.
struct RangeAnswer: ~Copyable {
    private let query: RangeQuery
    private var emitted: Int64 = 0
    private(set) var more = false
    private var gathered: [KeyValue] = []
    /// Bytes of keys and values that are kept for sorting.
    private(set) var gatheredBytes = 0
    private static var nothing: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: nil, count: 0)
    }

    init(_ query: RangeQuery) {
        self.query = query
    }

    /// Records leave in the order in which positions arrive.
    var isStreaming: Bool { query.sortTarget == .key }

    /// Positions must arrive from the last to the first.
    var isReversed: Bool { query.sortTarget == .key && query.sortOrder == .descending }

    /// The answer is complete; positions that follow change nothing.
    var isFull: Bool { more }

    /// Bounds on the mod revision are known without opening the record.
    private func passes(_ position: LogPosition) -> Bool {
        let main = Revision(position.main)
        if query.minModRevision != .none && main < query.minModRevision { return false }
        return query.maxModRevision == .none || main <= query.maxModRevision
    }

    private func passes(createRevision: Revision) -> Bool {
        if query.minCreateRevision != .none && createRevision < query.minCreateRevision {
            return false
        }
        return query.maxCreateRevision == .none || createRevision <= query.maxCreateRevision
    }

    /// Takes the next position; opens its record and passes it on, or keeps it for sorting.
    mutating func take<Sink: RangeSink>(
        _ position: LogPosition, sealed: UnsafeRawBufferPointer, cipher: RecordCipher,
        into sink: inout Sink
    ) throws(StoreError) {
        guard !more, passes(position) else { return }
        if isStreaming && !query.hasFilters && query.limit > 0 && emitted == query.limit {
            more = true
            return
        }
        let (taken, copy) = try cipher.withRecord(sealed, at: position) {
            (record) throws(StoreError) -> (Bool, KeyValue?) in
            guard record.kind == .put else {
                throw .damaged("revision \(position.main).\(position.sub) is not a put")
            }
            guard passes(createRevision: Revision(record.createRevision)) else {
                return (false, nil)
            }
            let view = view(of: record, at: position)
            guard isStreaming else { return (true, Self.copy(view)) }
            if query.limit > 0 && emitted == query.limit { return (true, nil) }
            sink.append(view)
            return (true, nil)
        }
        guard taken else { return }
        if let copy {
            gathered.append(copy)
            gatheredBytes += copy.key.count + copy.value.count
        } else if query.limit > 0 && emitted == query.limit {
            more = true
        } else {
            emitted += 1
        }
    }

    private func view(of record: borrowing LogRecord, at position: LogPosition) -> RecordView {
        let hidesValue = query.keysOnly && query.sortTarget != .value
        return RecordView(
            key: record.key,
            value: hidesValue ? Self.nothing : record.value,
            createRevision: Revision(record.createRevision),
            modRevision: Revision(position.main), version: record.version,
            lease: LeaseID(record.lease))
    }

    private static func copy(_ view: borrowing RecordView) -> KeyValue {
        KeyValue(
            key: Bytes(view.key), value: Bytes(view.value), createRevision: view.createRevision,
            modRevision: view.modRevision, version: view.version, lease: view.lease)
    }

    /// After the last position: sorts what was kept, cuts and passes it on.
    mutating func finish<Sink: RangeSink>(into sink: inout Sink) {
        guard !isStreaming else { return }
        sortGathered()
        for keyValue in gathered {
            if query.limit > 0 && emitted == query.limit {
                more = true
                break
            }
            emitted += 1
            keyValue.key.withUnsafeBytes { key in
                keyValue.value.withUnsafeBytes { value in
                    sink.append(
                        RecordView(
                            key: key,
                            value: query.keysOnly ? Self.nothing : value,
                            createRevision: keyValue.createRevision,
                            modRevision: keyValue.modRevision, version: keyValue.version,
                            lease: keyValue.lease))
                }
            }
        }
        gathered = []
        gatheredBytes = 0
    }

    /// Ties stay in key order. A target without an order sorts upwards, as in etcd.
    private mutating func sortGathered() {
        let target = query.sortTarget
        let isDescending = query.sortOrder == .descending
        let precedes: (KeyValue, KeyValue) -> Bool = { left, right in
            switch target {
            case .version: left.version < right.version
            case .createRevision: left.createRevision < right.createRevision
            case .modRevision: left.modRevision < right.modRevision
            case .value: left.value.lexicographicallyPrecedes(right.value)
            case .key, .unrecognized: left.key.lexicographicallyPrecedes(right.key)
            }
        }
        // The standard sort is stable.
        gathered.sort { isDescending ? precedes($1, $0) : precedes($0, $1) }
    }
}
