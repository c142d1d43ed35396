import Sodium
import Synchronization

/// Seals and opens records under the data keys of an opened keyring. Any thread may use it, many
/// at once; nothing in `seal` and `open` takes memory from the heap.
public final class RecordCipher: Sendable {
    /// The vault that the records belong to.
    public let storeID: StoreID
    /// The timeline in which records are sealed now.
    public let timeline: Timeline

    // SAFETY: read by operations inside `gate`. A pool is never changed, but replaced as a whole;
    // it goes away when everybody is out who was inside at that time.
    private nonisolated(unsafe) let pool: Atomic<UnsafeMutablePointer<DataKeyPool>>
    private let gate = OperationGate()
    private let random: RandomReservoir
    private let timelines: [TimelineSpan]

    init(keyring: borrowing Keyring, storeID: StoreID) throws(SealError) {
        self.storeID = storeID
        timeline = keyring.currentTimeline
        timelines = keyring.timelines
        random = try SealError.memory { () throws(SodiumError) in try RandomReservoir() }
        pool = Atomic(Self.place(try DataKeyPool(keyring)))
    }

    deinit {
        Self.free(pool.load(ordering: .acquiring))
    }

    private static func place(
        _ new: consuming DataKeyPool
    ) -> UnsafeMutablePointer<DataKeyPool> {
        let place = UnsafeMutablePointer<DataKeyPool>.allocate(capacity: 1)
        place.initialize(to: new)
        return place
    }

    private static func free(_ pool: UnsafeMutablePointer<DataKeyPool>) {
        pool.deinitialize(count: 1)
        pool.deallocate()
    }

    /// Seals under the newest of these keys from now on, and opens what they open, while others
    /// are at it. One thread at a time; not after `close`.
    func replaceKeys(with keys: consuming DataKeyPool) {
        var keys = keys
        keys.inherit(pool.load(ordering: .sequentiallyConsistent).pointee)
        let old = pool.exchange(Self.place(keys), ordering: .sequentiallyConsistent)
        gate.waitForThoseInside()
        Self.free(old)
    }

    /// The revisions that no timeline has: a restore leaves them out, since the vault that was lost
    /// may have given them to other changes. Rising.
    public var gaps: [ClosedRange<UInt64>] {
        zip(timelines, timelines.dropFirst()).compactMap { before, after in
            let (first, last) = (before.lastRevision + 1, after.firstRevision - 1)
            return first <= last ? first...last : nil
        }
    }

    /// Seals a record of the log in the timeline that its revision belongs to; otherwise as
    /// `seal`. Throws `.damaged` for a revision that no timeline has.
    public func sealAgain(
        _ payload: UnsafeRawBufferPointer, main: UInt64, sub: UInt32,
        into output: UnsafeMutableRawBufferPointer
    ) throws(SealError) {
        guard
            let span = timelines.last(where: {
                $0.firstRevision <= main && main <= $0.lastRevision
            })
        else { throw .damaged(what: "record: of a revision that the vault never had") }
        try seal(payload, at: .log(main: main, sub: sub), in: span.timeline, into: output)
    }

    /// The number of the data key that seals.
    public var newestDataKey: UInt32 { withPool { $0.newest.number } ?? 0 }

    /// nil when closed.
    func withPool<R>(_ body: (borrowing DataKeyPool) -> R) -> R? {
        guard let stripe = gate.enter() else { return nil }
        defer { gate.leave(stripe) }
        return body(pool.load(ordering: .sequentiallyConsistent).pointee)
    }

    /// The number of the data key that a record says it is sealed under; nil for what is no
    /// record. It is authenticated only when the record is opened.
    public static func dataKeyNumber(of record: UnsafeRawBufferPointer) -> UInt32? {
        guard record.count >= RecordFormat.headerCount else { return nil }
        do throws(SealError) {
            return try RecordHeader(record).dataKeyNumber
        } catch {
            return nil
        }
    }

    /// Wipes the keys now, whoever else still holds this cipher; what is under way ends first.
    /// Everything afterwards throws `.closed`. Without it the last owner's going does the same.
    public func close() {
        guard gate.close() else { return }
        pool.load(ordering: .sequentiallyConsistent).pointee.erase()
    }

    /// Bytes on disk of a payload: header, nonce, padded payload with its length, tag. Payloads
    /// are padded to 64-byte steps.
    public static func sealedCount(payloadCount: Int) -> Int {
        RecordFormat.sealedCount(payloadCount: payloadCount)
    }

    /// The largest payload.
    public static var payloadCountMax: Int { RecordFormat.payloadCountMax }

    /// Seals `payload` into exactly `sealedCount(payloadCount:)` bytes at `output`. The two must
    /// not overlap.
    public func seal(
        _ payload: UnsafeRawBufferPointer, at place: RecordPlace,
        into output: UnsafeMutableRawBufferPointer
    ) throws(SealError) {
        try seal(payload, at: place, in: timeline, into: output)
    }

    func seal(
        _ payload: UnsafeRawBufferPointer, at place: RecordPlace, in timeline: Timeline,
        into output: UnsafeMutableRawBufferPointer
    ) throws(SealError) {
        let padded = RecordFormat.paddedCount(payloadCount: payload.count)
        precondition(payload.count <= RecordFormat.payloadCountMax, "the payload is too large")
        precondition(
            output.count == RecordFormat.sealedCount(payloadCount: payload.count),
            "the output has another size than the record")
        guard let stripe = gate.enter() else { throw .closed }
        defer { gate.leave(stripe) }
        let pool = pool.load(ordering: .sequentiallyConsistent)
        let newest = pool.pointee.newest
        pool.pointee.counter.add(bytes: UInt64(padded + RecordFormat.lengthCount))
        RecordHeader(dataKeyNumber: newest.number, timelineNumber: timeline.number)
            .write(to: output)
        let text = output.part(
            RecordFormat.textOffset, padded + RecordFormat.lengthCount + RecordFormat.tagCount)
        if !payload.isEmpty { text.copyMemory(from: payload) }
        text.part(payload.count, padded - payload.count)
            .initializeMemory(as: UInt8.self, repeating: 0)
        text.set(UInt32(payload.count), at: padded)
        try withAssociatedData(place, UnsafeRawBufferPointer(output), timeline) {
            (associatedData, scratch) throws(SealError) in
            try pool.pointee.withSubkeys(at: newest.index) { (key, nonceKeys) throws(SealError) in
                let nonce = output.part(RecordFormat.headerCount, RecordFormat.nonceCount)
                random.fill(nonce)
                RecordNonce.hedge(
                    nonce, keys: nonceKeys, scratch: scratch,
                    plaintext: UnsafeRawBufferPointer(
                        text.part(0, padded + RecordFormat.lengthCount)))
                AEAD.encryptInPlace(
                    text, key: key, nonce: UnsafeRawBufferPointer(nonce),
                    associatedData: associatedData)
            }
        }
    }

    /// Opens `record` into `buffer`, whose size is at least `record.count`, and returns the
    /// payload's size; the payload is at the start of `buffer`. What lies behind it in `buffer` is
    /// not defined. `record` and `buffer` must not overlap.
    ///
    /// Throws `.damaged` when the record was changed or belongs elsewhere; `buffer` then holds no
    /// plaintext.
    public func open(
        _ record: UnsafeRawBufferPointer, at place: RecordPlace,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SealError) -> Int {
        precondition(buffer.count >= record.count, "the buffer is smaller than the record")
        guard record.count >= RecordFormat.headerCount else {
            throw .damaged(what: "record: too short")
        }
        guard let stripe = gate.enter() else { throw .closed }
        defer { gate.leave(stripe) }
        let header = try RecordHeader(record)
        guard let padded = RecordFormat.paddedCount(sealedCount: record.count) else {
            throw .damaged(what: "record: no record has this size")
        }
        let pool = pool.load(ordering: .sequentiallyConsistent)
        guard let index = pool.pointee.index(of: header.dataKeyNumber) else {
            throw .unknownDataKey(number: header.dataKeyNumber)
        }
        let recordTimeline = try timeline(of: header, at: place)
        try withAssociatedData(place, record, recordTimeline) {
            (associatedData, _) throws(SealError) in
            try pool.pointee.withSubkeys(at: index) { (key, _) throws(SealError) in
                do throws(SodiumError) {
                    try AEAD.decrypt(
                        record.part(
                            RecordFormat.textOffset, record.count - RecordFormat.textOffset),
                        into: buffer, key: key,
                        nonce: record.part(RecordFormat.headerCount, RecordFormat.nonceCount),
                        associatedData: associatedData)
                } catch {
                    throw .damaged(what: "record: it was changed or belongs elsewhere")
                }
            }
        }
        return try checkPadding(buffer, padded)
    }

    /// The timeline that a record names, when a record of it can be at this place.
    func timeline(
        of header: RecordHeader, at place: RecordPlace
    ) throws(SealError) -> Timeline {
        let isCurrent = header.timelineNumber == timeline.number
        guard
            let span = isCurrent
                ? timelines.last
                : timelines.first(where: { $0.timeline.number == header.timelineNumber })
        else { throw .damaged(what: "record: of a timeline that the vault never had") }
        switch place {
        case .log(let main, _):
            guard main >= span.firstRevision, main <= span.lastRevision else {
                throw .damaged(what: "record: of a timeline that does not reach this revision")
            }
        case .state, .table:
            guard isCurrent else { throw .damaged(what: "record: of a timeline that has ended") }
        }
        return span.timeline
    }

    private func checkPadding(
        _ buffer: UnsafeMutableRawBufferPointer, _ padded: Int
    ) throws(SealError) -> Int {
        let count = Int(UnsafeRawBufferPointer(buffer).number(at: padded) as UInt32)
        guard count <= padded, RecordFormat.paddedCount(payloadCount: count) == padded,
            buffer[count..<padded].reduce(0, |) == 0
        else {
            wipe(buffer)
            throw .damaged(what: "record: its padding is not right")
        }
        return count
    }

    /// Lends the associated data, built on the stack, and the same memory with room behind it.
    @inline(__always)
    private func withAssociatedData(
        _ place: RecordPlace, _ record: UnsafeRawBufferPointer, _ timeline: Timeline,
        _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws(SealError) -> Void
    ) throws(SealError) {
        try withUnsafeTemporaryAllocation(
            byteCount: RecordNonce.scratchCount, alignment: 8
        ) { (scratch) throws(SealError) in
            let associatedData = scratch.part(0, RecordFormat.associatedDataCount)
            RecordAssociatedData.write(
                storeID: storeID, timeline: timeline, record: record, place: place,
                to: associatedData)
            try body(UnsafeRawBufferPointer(associatedData), scratch)
        }
    }
}
