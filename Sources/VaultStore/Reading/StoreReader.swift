import VaultSeal

/// Reads at one revision, for readers and for the writer alike. The caller brings the LMDB
/// transaction, as `lookup`.
struct StoreReader {
    /// How much a read may do before it must move to another thread.
    struct Budget {
        var entries: Int
        var records: Int
        var bytes: Int

        static let unlimited = Budget(entries: .max, records: .max, bytes: .max)
        static let inline = Budget(
            entries: Limits.inlineEntriesMax, records: Limits.inlineRecordsMax,
            bytes: Limits.inlineBytesMax)

        /// What is left when so many keys were looked at and so many bytes read.
        mutating func spend(keys: Int, bytes: Int) {
            entries = max(0, entries - keys)
            records = max(0, records - keys)
            self.bytes = max(0, self.bytes - bytes)
        }
    }

    let index: SharedIndex
    let cipher: RecordCipher
    let isWriter: Bool

    private func withIndex<R, E: Error>(
        _ body: (borrowing KeyIndex) throws(E) -> R
    ) throws(E) -> R {
        isWriter ? try index.writerView(body) : try index.read(body)
    }

    /// The positions that a query needs, and how many keys there are in the range.
    struct Selection {
        var positions: [LogPosition] = []
        var count: Int64 = 0
    }

    /// Finds what the query asks for; nil when that is more than the budget.
    ///
    /// `countsLive` says whether the counts of the index are those of `revision`: a last look,
    /// taken while nobody changes the index. `isReadable` throws when the revision is gone.
    func select(
        _ query: RangeQuery, at revision: Revision, positionsMax: Int, budget: Budget,
        countsLive: () -> Bool, isReadable: () throws(StoreError) -> Void
    ) throws(StoreError) -> Selection? {
        try withIndex { (index) throws(StoreError) -> Selection? in
            try isReadable()
            var selection = Selection()
            var walk = IndexWalk(query.range, at: revision)
            if query.range.isSingleKey {
                walk.advance(index, entriesMax: 1) { position in
                    selection.count = 1
                    if positionsMax > 0 { selection.positions.append(position) }
                    return false
                }
                return selection
            }
            let isCounted = countsLive()
            if isCounted {
                selection.count = index.liveCount(in: query.range)
                let needed = min(Int(clamping: selection.count), positionsMax)
                guard needed <= budget.records else { return nil }
                guard needed > 0 else { return selection }
                selection.positions.reserveCapacity(needed)
            }
            walk.advance(index, entriesMax: budget.entries) { position in
                if selection.positions.count < positionsMax {
                    selection.positions.append(position)
                }
                if isCounted { return selection.positions.count < positionsMax }
                selection.count += 1
                return selection.positions.count <= budget.records
            }
            guard walk.isFinished, selection.positions.count <= budget.records else { return nil }
            return selection
        }
    }

    /// Answers the query from a selection; nil when its records have more bytes than the budget.
    func answer<Sink: RangeSink>(
        _ query: RangeQuery, from selection: Selection, budget: Budget,
        lookup: SealedLookup, into sink: inout Sink
    ) throws(StoreError) -> RangeSummary? {
        var answer = RangeAnswer(query)
        if budget.bytes < .max {
            var bytes = 0
            for position in selection.positions {
                bytes += try Self.required(position, lookup).count
                if bytes > budget.bytes && selection.positions.count > 1 { return nil }
            }
        }
        if answer.isReversed {
            for position in selection.positions.reversed() where !answer.isFull {
                try answer.take(
                    position, sealed: Self.required(position, lookup), cipher: cipher,
                    into: &sink)
            }
        } else {
            for position in selection.positions where !answer.isFull {
                try answer.take(
                    position, sealed: Self.required(position, lookup), cipher: cipher,
                    into: &sink)
            }
        }
        answer.finish(into: &sink)
        return RangeSummary(count: selection.count, more: answer.more, revision: .none)
    }

    /// The record that the index says must be there.
    static func required(
        _ position: LogPosition, _ lookup: SealedLookup
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        guard let sealed = try lookup(position) else {
            throw .damaged("the record at revision \(position.main).\(position.sub) is missing")
        }
        return sealed
    }

    /// The newest version of a key at `revision`; nil when it does not exist then.
    func position(of key: Bytes, at revision: Revision) -> LogPosition? {
        withIndex { index in
            key.withUnsafeBytes { bytes in
                guard let found = index.find(bytes)?.position(at: revision.rawValue),
                    !found.isTombstone
                else { return nil }
                return found
            }
        }
    }

    /// A whole version by value.
    func keyValue(
        at position: LogPosition, lookup: SealedLookup
    ) throws(StoreError) -> KeyValue {
        let sealed = try Self.required(position, lookup)
        return try cipher.withRecord(sealed, at: position) {
            (record) throws(StoreError) -> KeyValue in
            KeyValue(record, at: position)
        }
    }
}
