import LMDB
import VaultSeal

/// A large read in slices, for a thread that may take its time. It stands on one revision, which
/// compaction leaves alone until the scan is gone.
///
/// Not thread-safe: one thread at a time.
public final class RangeScan {
    private let store: Store
    private let query: RangeQuery
    private let revision: Revision
    private let published: Revision
    private let mark: Destructions.Mark
    private var walk: IndexWalk
    private var answer: RangeAnswer
    private var count: Int64 = 0
    private var taken = 0
    /// Positions to be opened once the walk is over, for an answer in another order.
    private var kept: [LogPosition] = []
    private var openedKept = 0

    /// - Parameter held: pinned already, and as good as the current one: whatever was compacted
    ///   since then, what is read now is not refused for it.
    init(_ store: Store, _ query: RangeQuery, held: Revision? = nil) throws(StoreError) {
        try RequestChecks.check(query)
        let (revision, published) = try Self.pin(query.revision, held: held, in: store)
        self.store = store
        mark = store.log.destructions.mark
        self.query = query
        self.revision = revision
        self.published = published
        walk = IndexWalk(query.range, at: revision)
        answer = RangeAnswer(query)
    }

    /// Pins the revision asked for, or the current one. What is current may be compacted away
    /// before it is pinned; then there is a newer one.
    static func pin(
        _ asked: Revision, held: Revision? = nil, in store: Store
    ) throws(StoreError) -> (revision: Revision, published: Revision) {
        if let held, asked.rawValue <= 0 {
            _ = store.pins.pin(held) { false }
            return (held, held)
        }
        while true {
            let published = store.clock.published
            if asked > published { throw .futureRevision(current: published) }
            let revision = asked.rawValue > 0 ? asked : published
            var oldest: Revision?
            let isPinned = store.pins.pin(revision) {
                oldest = store.clock.oldestReadable(instead: revision)
                return oldest != nil
            }
            if isPinned { return (revision, published) }
            if asked.rawValue > 0, let oldest { throw .compacted(oldestReadable: oldest) }
        }
    }

    deinit {
        store.unpin(revision)
    }

    /// Bytes of keys and values that were read and wait to be sorted.
    public var gatheredBytes: Int { answer.gatheredBytes }

    /// Gives the next records to the sink; nil when there are more slices to come.
    public func next<Sink: RangeSink>(
        into sink: inout Sink
    ) throws(StoreError) -> RangeSummary? {
        try store.reading { () throws(StoreError) in
            if !walk.isFinished {
                try advance(into: &sink)
                return nil
            }
            if openedKept < kept.count {
                let end = min(openedKept + Limits.scanSliceEntries, kept.count)
                try open(kept[openedKept..<end], into: &sink)
                openedKept = end
                return nil
            }
            answer.finish(into: &sink)
            return RangeSummary(count: count, more: answer.more, revision: published)
        }
    }

    private func advance<Sink: RangeSink>(into sink: inout Sink) throws(StoreError) {
        var slice: [LogPosition] = []
        let positionsMax = query.positionsMax
        store.index.read { index in
            walk.advance(index, entriesMax: Limits.scanSliceEntries) { position in
                count += 1
                if taken < positionsMax {
                    slice.append(position)
                    taken += 1
                }
                return true
            }
        }
        if answer.isReversed {
            kept += slice
            if walk.isFinished { kept.reverse() }
        } else {
            try open(slice[...], into: &sink)
        }
    }

    private func open<Sink: RangeSink>(
        _ positions: ArraySlice<LogPosition>, into sink: inout Sink
    ) throws(StoreError) {
        guard !answer.isFull else { return }
        try store.log.read(since: mark) { (lookup) throws(StoreError) in
            for position in positions {
                let sealed = try StoreReader.required(position, lookup)
                try self.answer.take(
                    position, sealed: sealed, cipher: store.log.cipher, into: &sink)
            }
        }
    }
}

extension Store {
    /// Starts a read in slices. Stands on the current revision unless the query names another.
    public func scan(_ query: RangeQuery) throws(StoreError) -> RangeScan {
        try reading { () throws(StoreError) in try RangeScan(self, query) }
    }
}
