import VaultSeal

/// Reads from the log what watchers who are behind need next, a slice at a time.
///
/// A range that holds much of the store is read record by record. For any other, the places of its
/// changes are gathered from the index first, so that nothing else is opened.
struct WatchLogReader {
    /// All changes of the range that was asked for, up to `upTo`.
    struct Slice {
        var events: [WatchEvent] = []
        var upTo: Int64
    }

    private let log: RecordLog
    private let index: SharedIndex
    private let clock: StoreClock
    /// Kept between turns, the last used at the end.
    private var plans: [WatchPlan] = []

    init(log: RecordLog, index: SharedIndex, clock: StoreClock) {
        self.log = log
        self.index = index
        self.clock = clock
    }

    /// Reads changes of `reading`'s range from its revision on, no further than `cursor`; nil when
    /// a compaction has taken the first of them.
    mutating func read(
        _ reading: WatchHub.Reading, upTo cursor: Int64
    ) throws(StoreError) -> Slice? {
        if isScanned(reading, upTo: cursor) {
            return try scan(reading, upTo: cursor)
        }
        var plan = takePlan(reading, upTo: cursor)
        plan.drop(before: reading.from)
        defer { keep(plan) }
        return try open(plan, from: reading.from)
    }

    /// Record by record is cheaper: a quarter of the keys or more are in the range, or there are so
    /// few records that looking through the range's keys would cost more.
    private func isScanned(_ reading: WatchHub.Reading, upTo cursor: Int64) -> Bool {
        if reading.range.isSingleKey { return false }
        let (inside, all) = index.read { index in
            (index.liveCount(in: reading.range), Int64(index.liveCount))
        }
        return inside * 4 >= all || (cursor - reading.from) * 32 <= inside
    }

    // MARK: - Record by record

    private func scan(
        _ reading: WatchHub.Reading, upTo cursor: Int64
    ) throws(StoreError) -> Slice? {
        var slice = Slice(upTo: cursor)
        var (records, bytes, last) = (0, 0, reading.from - 1)
        var isForgotten = false
        try log.scan(from: reading.from) { (place, sealed) throws(StoreError) in
            // The snapshot is there: a compaction that is not seen now has not removed anything.
            if records == 0, reading.from < clock.compacted.rawValue {
                isForgotten = true
                return false
            }
            if place.main > cursor { return false }
            let isFull =
                records >= Limits.watchSliceRecordsMax || bytes >= Limits.watchSliceBytesMax
            if isFull && place.main != last {
                slice.upTo = last
                return false
            }
            (records, bytes, last) = (records + 1, bytes + sealed.count, place.main)
            if let event = try event(sealed, at: place, in: reading.range) {
                slice.events.append(event)
            }
            return true
        }
        if records == 0, reading.from < clock.compacted.rawValue { return nil }
        return isForgotten ? nil : slice
    }

    private func event(
        _ sealed: UnsafeRawBufferPointer, at place: LogKey, in range: KeyRange
    ) throws(StoreError) -> WatchEvent? {
        try log.cipher.withRecord(sealed, at: LogPosition(main: place.main, sub: place.sub)) {
            (record) throws(StoreError) in
            guard range.contains(record.key) else { return nil }
            return WatchEvent(record, revision: place.main)
        }
    }

    // MARK: - Place by place

    private mutating func takePlan(_ reading: WatchHub.Reading, upTo cursor: Int64) -> WatchPlan {
        if let known = plans.firstIndex(where: { $0.range == reading.range }) {
            let plan = plans.remove(at: known)
            if plan.from <= reading.from, reading.from <= plan.upTo { return plan }
        }
        return WatchPlan(
            reading.range, from: reading.from, upTo: cursor,
            positionsMax: Limits.watchPlanPositionsMax, index: index)
    }

    private mutating func keep(_ plan: WatchPlan) {
        guard !plan.positions.isEmpty, !plan.range.isSingleKey else { return }
        if plans.count >= Limits.watchPlansMax { plans.removeFirst() }
        plans.append(plan)
    }

    private func open(_ plan: WatchPlan, from: Int64) throws(StoreError) -> Slice? {
        try log.read { (lookup) throws(StoreError) -> Slice? in
            guard from >= clock.compacted.rawValue else { return nil }
            var slice = Slice(upTo: plan.upTo)
            var (bytes, last) = (0, from - 1)
            for position in plan.positions {
                let isFull =
                    slice.events.count >= Limits.watchSliceRecordsMax
                    || bytes >= Limits.watchSliceBytesMax
                if isFull && position.main != last {
                    slice.upTo = last
                    break
                }
                let sealed = try StoreReader.required(position, lookup)
                (bytes, last) = (bytes + sealed.count, position.main)
                slice.events.append(
                    try log.cipher.withRecord(sealed, at: position) {
                        (record) throws(StoreError) in
                        WatchEvent(record, revision: position.main)
                    })
            }
            return slice
        }
    }

    // MARK: - What was there before

    /// Looks up what deliveries want to say of the past, once for each event.
    func findPrevious(of actions: [WatchAction]) {
        for case .deliver(_, let delivery) in actions where delivery.wantsPrevious {
            for event in delivery.events where !event.hasPrevious {
                event.hasPrevious = true
                event.previous = previous(of: event)
            }
        }
    }

    /// nil for a new key, and for what a compaction has removed, as in etcd.
    private func previous(of event: WatchEvent) -> KeyValue? {
        if !event.isDelete && event.version == 1 { return nil }
        let before = Revision(event.modRevision.rawValue - 1)
        let reader = StoreReader(index: index, cipher: log.cipher, isWriter: false)
        guard before >= clock.compacted, let position = reader.position(of: event.key, at: before)
        else { return nil }
        do throws(StoreError) {
            return try log.read { (lookup) throws(StoreError) -> KeyValue? in
                guard try lookup(position) != nil else { return nil }
                return try reader.keyValue(at: position, lookup: lookup)
            }
        } catch {
            return nil
        }
    }
}

extension WatchEvent {
    /// What a record of the log says; copies its bytes.
    convenience init(_ record: borrowing LogRecord, revision: Int64) {
        self.init(
            WatchChange(
                key: Bytes(record.key), value: Bytes(record.value),
                isDelete: record.kind == .tombstone,
                createRevision: Revision(record.createRevision), modRevision: Revision(revision),
                version: record.version, lease: LeaseID(record.lease)))
    }
}
