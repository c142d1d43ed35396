import VaultSeal

/// Reads from the log what watchers who are behind need next, a slice at a time.
///
/// Ranges that hold much of the store are read record by record, for all of them at once. For any
/// other, the places of its changes are gathered from the index first, so that nothing else is
/// opened.
struct WatchLogReader {
    /// All changes, up to `upTo`, of the first readings that were asked for, one at least; from the
    /// first one's revision on.
    struct Slice {
        var events: [[WatchEvent]]
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

    /// Reads changes for the first of `readings`, and for the others along with it where that
    /// costs little, no further than `cursor`; nil when a compaction has taken the first of them.
    /// `waiting` other ranges will want to be read, too.
    mutating func read(
        _ readings: [WatchHub.Reading], upTo cursor: Int64, waiting: Int
    ) throws(StoreError) -> Slice? {
        let first = readings[0]
        if isScanned(readings, upTo: cursor) {
            return try scan(readings, upTo: cursor)
        }
        while true {
            var plan = takePlan(first, upTo: cursor, sharing: waiting + 1)
            plan.drop(before: first.from)
            do throws(StoreError) {
                let slice = try open(plan, from: first.from)
                keep(plan)
                return slice
            } catch .destroyedMeanwhile {
                // A plan from before that; a new one leaves out what is gone.
                continue
            }
        }
    }

    /// Record by record is cheaper: a quarter of the keys or more are in the ranges, or there are
    /// so few records that looking through the range's keys would cost more.
    private func isScanned(_ readings: [WatchHub.Reading], upTo cursor: Int64) -> Bool {
        let first = readings[0]
        if first.range.isSingleKey { return false }
        return index.read { index in
            let inside = index.liveCount(in: first.range)
            if (cursor - first.from) * 32 <= inside { return true }
            var wanted = inside
            for reading in readings.dropFirst() { wanted += index.liveCount(in: reading.range) }
            return wanted * 4 >= Int64(index.liveCount)
        }
    }

    // MARK: - Record by record

    private func scan(
        _ readings: [WatchHub.Reading], upTo cursor: Int64
    ) throws(StoreError) -> Slice? {
        let from = readings[0].from
        var slice = Slice(events: .init(repeating: [], count: readings.count), upTo: cursor)
        var (records, bytes, last) = (0, 0, from - 1)
        var isForgotten = false
        try log.scan(from: from) { (place, sealed) throws(StoreError) in
            // The snapshot is there: a compaction that is not seen now has not removed anything.
            if records == 0, from < clock.compacted.rawValue {
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
            try collect(sealed, at: place, for: readings, in: &slice)
            return true
        }
        if records == 0, from < clock.compacted.rawValue { return nil }
        return isForgotten ? nil : slice
    }

    /// Opens a record once, for every reading that it belongs to.
    private func collect(
        _ sealed: UnsafeRawBufferPointer, at place: LogKey, for readings: [WatchHub.Reading],
        in slice: inout Slice
    ) throws(StoreError) {
        let position = LogPosition(main: place.main, sub: place.sub)
        try log.cipher.withRecord(sealed, at: position) { (record) throws(StoreError) in
            var event: WatchEvent?
            for (number, reading) in readings.enumerated()
            where reading.range.contains(record.key) {
                let shared = event ?? WatchEvent(record, revision: place.main)
                event = shared
                slice.events[number].append(shared)
            }
        }
    }

    // MARK: - Place by place

    /// With many ranges behind, each has a smaller part of all that may be kept: a plan that is
    /// thrown away before it was used costs more than several small ones.
    private mutating func takePlan(
        _ reading: WatchHub.Reading, upTo cursor: Int64, sharing count: Int
    ) -> WatchPlan {
        if let known = plans.firstIndex(where: { $0.range == reading.range }) {
            let plan = plans.remove(at: known)
            if plan.from <= reading.from, reading.from <= plan.upTo,
                plan.mark == log.destructions.mark
            {
                return plan
            }
        }
        return WatchPlan(
            reading.range, from: reading.from, upTo: cursor,
            positionsMax: Limits.watchPlanPositionsMax / min(count, Limits.watchPlansMax),
            index: index, mark: log.destructions.mark)
    }

    private mutating func keep(_ plan: WatchPlan) {
        guard !plan.positions.isEmpty, !plan.range.isSingleKey else { return }
        var kept = plans.reduce(plan.gatheredCount) { $0 + $1.gatheredCount }
        while let oldest = plans.first,
            plans.count >= Limits.watchPlansMax || kept > Limits.watchPlanPositionsMax
        {
            kept -= oldest.gatheredCount
            plans.removeFirst()
        }
        plans.append(plan)
    }

    private func open(_ plan: WatchPlan, from: Int64) throws(StoreError) -> Slice? {
        try log.read(since: plan.mark) { (lookup) throws(StoreError) -> Slice? in
            guard from >= clock.compacted.rawValue else { return nil }
            var events: [WatchEvent] = []
            var (upTo, bytes, last) = (plan.upTo, 0, from - 1)
            for position in plan.positions {
                let isFull =
                    events.count >= Limits.watchSliceRecordsMax
                    || bytes >= Limits.watchSliceBytesMax
                if isFull && position.main != last {
                    upTo = last
                    break
                }
                let sealed: UnsafeRawBufferPointer
                do throws(StoreError) {
                    sealed = try StoreReader.required(position, lookup)
                } catch .destroyedMeanwhile where log.destructions.isUnderWay(at: position) {
                    continue
                }
                (bytes, last) = (bytes + sealed.count, position.main)
                events.append(
                    try log.cipher.withRecord(sealed, at: position) {
                        (record) throws(StoreError) in
                        WatchEvent(record, revision: position.main)
                    })
            }
            return Slice(events: [events], upTo: upTo)
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
