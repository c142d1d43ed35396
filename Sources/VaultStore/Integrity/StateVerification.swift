import LMDB
import VaultSeal

/// Opens every record of a store that goes on meanwhile and holds what they add up to against the
/// sealed head, in slices between which the caller may do something else.
///
/// Records never change and, while this is there, none is removed: so what a slice took in holds
/// until the end. The last slice meets the newest record and the head on one snapshot, and the two
/// belong together.
///
/// Not thread-safe: one thread at a time.
public final class StateVerification {
    private let store: Store
    private var next = LogKey(main: 1, sub: 0)
    private var tally: DamageTally

    /// Blocks until the writer is between two batches; a few milliseconds.
    init(_ store: Store) throws(StoreError) {
        self.store = store
        let pins = store.pins
        // On the writer, so that no step of a compaction is under way.
        let floor = try store.visit { (standstill) throws(StoreError) in
            _ = pins.pin(Self.everything, unless: { false })
            return Revision(standstill.head.compactRevision)
        }
        tally = DamageTally(floor: floor, gaps: store.clock.gaps)
    }

    /// Below every revision.
    private static var everything: Revision { Revision(-1) }

    deinit {
        store.unpin(Self.everything)
    }

    /// Records that were looked at so far.
    public var done: UInt64 { tally.records + tally.damage.count }
    /// Records that there are now.
    public var total: UInt64 { UInt64(max(store.clock.recordCount, 0)) }

    /// Takes in the next records; the result when there are no more.
    public func advance() throws(StoreError) -> DamageReport? {
        try store.reading { () throws(StoreError) in
            let log = store.log
            return try log.environment.read(failure: StoreError.init) {
                (snapshot) throws(StoreError) -> DamageReport? in
                guard try !takeSlice(snapshot, log) else { return nil }
                // All of them at once: they are few, and may change at any time.
                try takeLeases(snapshot, log)
                return tally.finish(against: try takeState(snapshot, log))
            }
        }
    }

    /// True when there are more records.
    private func takeSlice(
        _ snapshot: borrowing ReadTransaction, _ log: RecordLog
    ) throws(StoreError) -> Bool {
        var (records, bytes) = (0, 0)
        var hasMore = false
        try next.withBytes { (start) throws(StoreError) in
            try snapshot.visit(log.log, from: start, failure: StoreError.init) {
                (key, sealed) throws(StoreError) in
                guard records < Limits.hashSliceRecordsMax, bytes < Limits.hashSliceBytesMax
                else {
                    hasMore = true
                    return false
                }
                guard let place = LogKey(key) else {
                    tally.note(Damage(.added, "a record lies under no revision"))
                    return true
                }
                tally.takeRecord(place, digest: digest(sealed, at: place.place, log))
                next = LogKey(main: place.main, sub: place.sub + 1)
                records += 1
                bytes += sealed.count
                return true
            }
        }
        return hasMore
    }

    /// nil when the record does not verify.
    private func digest(
        _ sealed: UnsafeRawBufferPointer, at place: RecordPlace, _ log: RecordLog
    ) -> StateHash? {
        do throws(StoreError) {
            return try log.digester.digest(ofSealed: sealed, at: place) { "" }
        } catch {
            return nil
        }
    }

    private func takeLeases(
        _ snapshot: borrowing ReadTransaction, _ log: RecordLog
    ) throws(StoreError) {
        try [0 as UInt8].withBytes { (start) throws(StoreError) in
            try snapshot.visit(log.leases, from: start, failure: StoreError.init) {
                (key, sealed) throws(StoreError) in
                let id = LeaseRecord.id(key)
                tally.takeLease(
                    digest: id.flatMap { digest(sealed, at: RecordLog.place(of: $0), log) })
                return true
            }
        }
    }

    /// The head, and the access record beside it.
    private func takeState(
        _ snapshot: borrowing ReadTransaction, _ log: RecordLog
    ) throws(StoreError) -> StoreHead {
        var head: StoreHead?
        try [0 as UInt8].withBytes { (start) throws(StoreError) in
            try snapshot.visit(log.state, from: start, failure: StoreError.init) {
                (key, sealed) throws(StoreError) in
                if key.elementsEqual(RecordLog.headKey) {
                    head = try log.cipher.openHead(sealed)
                } else if key.elementsEqual(AccessRecord.key),
                    let digest = digest(sealed, at: AccessRecord.place, log)
                {
                    let number = try log.cipher.openAccess(sealed).number
                    tally.takeAccess(number: number, digest: digest)
                } else {
                    tally.note(Damage(.added, "the state table has an entry that nobody wrote"))
                }
                return true
            }
        }
        guard let head else { throw .damaged("the sealed head is missing") }
        return head
    }
}

extension LogKey {
    var place: RecordPlace { .log(main: UInt64(bitPattern: main), sub: sub) }
}

extension Store {
    /// Starts to verify every record. Not on an event loop.
    public func verification() throws(StoreError) -> StateVerification {
        try StateVerification(self)
    }
}
