#if canImport(Glibc)
    import Glibc
#endif

/// Where a record lies in the log, and whether it is a deletion.
struct LogPosition: Hashable, Sendable {
    /// The revision.
    var main: Int64
    /// The place among the changes of that revision.
    var sub: UInt32
    var isTombstone: Bool

    init(main: Int64, sub: UInt32, isTombstone: Bool = false) {
        self.main = main
        self.sub = sub
        self.isTombstone = isTombstone
    }

    /// The place alone, whatever lies there.
    var place: LogPosition { LogPosition(main: main, sub: sub) }
}

/// A key of the index and the positions of its versions, in one allocation of its own.
///
///     put put delete put  ->  [3, 4, 7†, 9]   († tombstone)
///
/// The common entry, a key written once, keeps its one position inline: about 20 bytes beside the
/// key. Any other has a `History` on the side.
///
/// SAFETY: an entry is a plain pointer owned by the tree. Whoever holds one holds the index lock,
/// or is the writer, the only one who changes or frees entries.
struct IndexEntry: Hashable {
    /// Out of line: [positions] behind a header.
    struct History {
        var createRevision: Int64
        var version: Int64
        var count: UInt32
        var capacity: UInt32
    }

    struct Slot {
        var main: Int64
        var sub: UInt32
        var tombstone: UInt32
    }

    struct Header {
        var keyCount: UInt32
        var flags: UInt32
        /// The position's revision, or the address of the history.
        var word: UInt64
        var sub: UInt32
    }

    static let hasHistory: UInt32 = 1
    static let isLiveFlag: UInt32 = 2
    static let isTombstoneFlag: UInt32 = 4
    static let keyOffset = 20

    let base: UnsafeMutableRawPointer

    private var header: UnsafeMutablePointer<Header> {
        base.assumingMemoryBound(to: Header.self)
    }

    /// A key that was never seen, with its first position.
    static func make(key: UnsafeRawBufferPointer, position: LogPosition) -> IndexEntry {
        let base = UnsafeMutableRawPointer.allocate(byteCount: keyOffset + key.count, alignment: 8)
        base.storeBytes(of: UInt32(key.count), as: UInt32.self)
        base.storeBytes(
            of: position.isTombstone ? isTombstoneFlag : 0, toByteOffset: 4, as: UInt32.self)
        base.storeBytes(
            of: UInt64(bitPattern: position.main), toByteOffset: 8, as: UInt64.self)
        base.storeBytes(of: position.sub, toByteOffset: 16, as: UInt32.self)
        if let source = key.baseAddress {
            (base + keyOffset).copyMemory(from: source, byteCount: key.count)
        }
        return IndexEntry(base: base)
    }

    func free() {
        if let history { history.deallocate() }
        base.deallocate()
    }

    var key: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Self.keyOffset, count: Int(header.pointee.keyCount))
    }

    /// Counted among the keys that exist now.
    var isLive: Bool {
        get { header.pointee.flags & Self.isLiveFlag != 0 }
        nonmutating set {
            if newValue {
                header.pointee.flags |= Self.isLiveFlag
            } else {
                header.pointee.flags &= ~Self.isLiveFlag
            }
        }
    }

    private var history: UnsafeMutableRawPointer? {
        guard header.pointee.flags & Self.hasHistory != 0 else { return nil }
        return UnsafeMutableRawPointer(bitPattern: UInt(header.pointee.word))
    }

    private static func slots(_ history: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Slot> {
        (history + MemoryLayout<History>.stride).assumingMemoryBound(to: Slot.self)
    }

    private static func head(_ history: UnsafeMutableRawPointer) -> UnsafeMutablePointer<History> {
        history.assumingMemoryBound(to: History.self)
    }

    private var inlinePosition: LogPosition {
        LogPosition(
            main: Int64(bitPattern: header.pointee.word), sub: header.pointee.sub,
            isTombstone: header.pointee.flags & Self.isTombstoneFlag != 0)
    }

    /// How many versions are kept, deletions included; at least 1.
    var count: Int {
        guard let history else { return 1 }
        return Int(Self.head(history).pointee.count)
    }

    subscript(index: Int) -> LogPosition {
        guard let history else { return inlinePosition }
        let slot = Self.slots(history)[index]
        return LogPosition(main: slot.main, sub: slot.sub, isTombstone: slot.tombstone != 0)
    }

    var last: LogPosition { self[count - 1] }

    /// The newest version at or before `revision`; nil when there is none, a tombstone when the
    /// key was deleted by then.
    func position(at revision: Int64) -> LogPosition? {
        guard let history else {
            let only = inlinePosition
            return only.main <= revision ? only : nil
        }
        let slots = Self.slots(history)
        var index = Int(Self.head(history).pointee.count) - 1
        // The newest is asked for nearly always.
        if slots[index].main > revision {
            var low = 0
            var high = index
            while low < high {
                let middle = (low + high) / 2
                if slots[middle].main <= revision { low = middle + 1 } else { high = middle }
            }
            index = low - 1
        }
        return index >= 0 ? self[index] : nil
    }

    /// When the newest version's life began and how many puts it had: (0, 0) after a deletion.
    var generation: (createRevision: Int64, version: Int64) {
        guard let history else {
            let only = inlinePosition
            return only.isTombstone ? (0, 0) : (only.main, 1)
        }
        let head = Self.head(history).pointee
        return (head.createRevision, head.version)
    }

    /// Sets what `generation` answers, for a loader that knows it from the records.
    func setGeneration(createRevision: Int64, version: Int64) {
        if history == nil {
            let only = inlinePosition
            if only.isTombstone || (createRevision == only.main && version == 1) { return }
        }
        let history = makeHistory(capacity: 1)
        Self.head(history).pointee.createRevision = createRevision
        Self.head(history).pointee.version = version
    }

    /// Adds the newest version.
    func append(_ position: LogPosition) {
        let before = generation
        let history = makeHistory(capacity: count + 1)
        let head = Self.head(history)
        Self.slots(history)[Int(head.pointee.count)] = Slot(
            main: position.main, sub: position.sub, tombstone: position.isTombstone ? 1 : 0)
        head.pointee.count += 1
        if position.isTombstone {
            head.pointee.createRevision = 0
            head.pointee.version = 0
        } else {
            head.pointee.createRevision =
                before.version == 0 ? position.main : before.createRevision
            head.pointee.version = before.version + 1
        }
    }

    /// Takes the newest version back; there must be another one left.
    ///
    /// `generation` is what it was before that version.
    func removeLast(generation: (createRevision: Int64, version: Int64)) {
        precondition(count > 1, "an index entry must keep one version")
        let history = makeHistory(capacity: count)
        Self.head(history).pointee.count -= 1
        Self.head(history).pointee.createRevision = generation.createRevision
        Self.head(history).pointee.version = generation.version
    }

    /// Drops the oldest versions. False, and nothing dropped, when none would be left.
    func dropFirst(_ number: Int) -> Bool {
        guard number < count else { return false }
        if number > 0 { shorten(by: number) }
        return true
    }

    private func shorten(by number: Int) {
        guard let history else { return }
        let head = Self.head(history)
        let left = Int(head.pointee.count) - number
        let slots = Self.slots(history)
        let only = slots[number]
        if left == 1, only.tombstone != 0 || (head.pointee.version == 1) {
            // Nothing that the inline form cannot say.
            header.pointee.flags &= ~Self.hasHistory
            if only.tombstone != 0 { header.pointee.flags |= Self.isTombstoneFlag }
            header.pointee.word = UInt64(bitPattern: only.main)
            header.pointee.sub = only.sub
            history.deallocate()
            return
        }
        memmove(slots, slots + number, left * MemoryLayout<Slot>.stride)
        head.pointee.count = UInt32(left)
        resize(history, capacity: left)
    }

    /// The history, with room for `capacity` positions.
    private func makeHistory(capacity: Int) -> UnsafeMutableRawPointer {
        if let history {
            let room = Int(Self.head(history).pointee.capacity)
            if capacity <= room { return history }
            return resize(history, capacity: max(capacity, room + room / 2))
        }
        let only = inlinePosition
        let born = generation
        let history = Self.allocate(capacity: max(capacity, 2))
        Self.head(history).pointee.createRevision = born.createRevision
        Self.head(history).pointee.version = born.version
        Self.head(history).pointee.count = 1
        Self.slots(history)[0] = Slot(
            main: only.main, sub: only.sub, tombstone: only.isTombstone ? 1 : 0)
        adopt(history)
        return history
    }

    @discardableResult
    private func resize(
        _ old: UnsafeMutableRawPointer, capacity: Int
    ) -> UnsafeMutableRawPointer {
        let head = Self.head(old).pointee
        let new = Self.allocate(capacity: capacity)
        Self.head(new).pointee.createRevision = head.createRevision
        Self.head(new).pointee.version = head.version
        Self.head(new).pointee.count = head.count
        Self.slots(new).update(from: Self.slots(old), count: Int(head.count))
        old.deallocate()
        adopt(new)
        return new
    }

    private static func allocate(capacity: Int) -> UnsafeMutableRawPointer {
        let bytes = MemoryLayout<History>.stride + capacity * MemoryLayout<Slot>.stride
        let history = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 8)
        head(history).initialize(
            to: History(createRevision: 0, version: 0, count: 0, capacity: UInt32(capacity)))
        return history
    }

    private func adopt(_ history: UnsafeMutableRawPointer) {
        header.pointee.word = UInt64(UInt(bitPattern: history))
        header.pointee.flags |= Self.hasHistory
        header.pointee.flags &= ~Self.isTombstoneFlag
    }
}

/// Byte-wise order, as etcd's.
@inline(__always)
func compareKeys(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
        let order = memcmp(first, second, shared)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}
