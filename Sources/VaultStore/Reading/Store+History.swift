extension Store {
    /// The versions of a key that compaction has left, newest first.
    public func history(of key: Bytes) throws(StoreError) -> [HistoryEntry] {
        try readHistory(of: key) { (record, position) in HistoryEntry(record, at: position) }
    }

    /// A version of a key by its revision, for as long as `history` names it: retention keeps some
    /// that a read at their revision does not get any more. nil when there is none.
    public func version(
        of key: Bytes, at revision: Revision
    ) throws(StoreError) -> (keyValue: KeyValue, time: Int64)? {
        let found = try readHistory(of: key, only: revision.rawValue) { (record, position) in
            position.isTombstone ? nil : (KeyValue(record, at: position), record.time)
        }
        return found.first ?? nil
    }

    /// What applies to the key's past; nil when compaction leaves only what it must.
    public func retention(of key: Bytes) -> RetentionRule? {
        let retention = Retention(configuration.retention) { _ in 0 }
        return key.withUnsafeBytes { retention.bounds(of: $0)?.rule }
    }

    /// The last revision that was committed at or before `time` (milliseconds since 1970).
    public func revision(at time: Int64) throws(StoreError) -> Revision {
        try reading { () throws(StoreError) in
            let last = clock.published.rawValue
            return Revision(try log.firstRevision(after: time, upTo: last) - 1)
        }
    }

    private func readHistory<Entry>(
        of key: Bytes, only revision: Int64? = nil,
        _ entry: (borrowing LogRecord, LogPosition) -> Entry
    ) throws(StoreError) -> [Entry] {
        guard !key.isEmpty else { throw .emptyKey }
        return try reading { () throws(StoreError) in
            let published = clock.published
            return try log.read { (lookup) throws(StoreError) -> [Entry] in
                let positions = self.index.read { index in
                    key.withUnsafeBytes { bytes -> [LogPosition] in
                        guard let entry = index.find(bytes) else { return [] }
                        return (0..<entry.count).map { entry[$0] }
                    }
                }
                var entries: [Entry] = []
                for position in positions.reversed() where position.main <= published.rawValue {
                    if let revision, revision != position.main { continue }
                    // nil: compacted away since the index was looked at.
                    guard let sealed = try lookup(position) else { continue }
                    entries.append(
                        try self.log.cipher.withRecord(sealed, at: position) {
                            (record) throws(StoreError) in entry(record, position)
                        })
                }
                return entries
            }
        }
    }
}

extension HistoryEntry {
    fileprivate init(_ record: borrowing LogRecord, at position: LogPosition) {
        self.init(
            modRevision: Revision(position.main),
            createRevision: Revision(record.createRevision), version: record.version,
            isDeletion: position.isTombstone, lease: LeaseID(record.lease),
            valueCount: record.value.count, time: record.time)
    }
}

extension KeyValue {
    /// Copies what the record says.
    init(_ record: borrowing LogRecord, at position: LogPosition) {
        self.init(
            key: Bytes(record.key), value: Bytes(record.value),
            createRevision: Revision(record.createRevision),
            modRevision: Revision(position.main), version: record.version,
            lease: LeaseID(record.lease))
    }
}
