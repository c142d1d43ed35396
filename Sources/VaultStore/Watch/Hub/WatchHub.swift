/// Who watches what, how far each watcher is, and what must be said to whom: the rules of watching
/// without threads, locks, clocks or files.
///
/// A watcher is *synced* when it has been told everything up to `cursor`, the last revision that
/// the hub was shown; commits then feed it. Otherwise it is *behind*, at its own `next` revision,
/// and its group is fed from the log up to `cursor`. What must be said is left in `actions`.
struct WatchHub {
    /// Bytes that a stream takes now.
    typealias Room = (_ stream: Int) -> Int
    /// Finds what was there before an event, and says how many bytes it takes.
    typealias Past = (WatchEvent) -> Int

    private(set) var actions: [WatchAction] = []
    /// The last revision shown to the hub.
    private(set) var cursor: Int64
    var streams = Slots<WatchStreamState>()
    var watchers = Slots<Watcher>()
    var groups = WatcherGroups()
    /// Groups with watchers behind whose streams take something.
    private var queue: [Int] = []
    private var queueStart = 0
    var rangeBytes = 0
    private var progressWatchers: Set<Int> = []
    let limits: WatchLimits
    private let past: Past

    /// Revisions that never were: nobody can watch from there.
    let gaps: RevisionGaps

    init(
        cursor: Int64, gaps: RevisionGaps = RevisionGaps(), limits: WatchLimits = WatchLimits(),
        past: @escaping Past = { _ in 0 }
    ) {
        self.past = past
        self.gaps = gaps
        self.cursor = cursor
        self.limits = limits
    }

    var watcherCount: Int { watchers.count }

    mutating func takeActions() -> [WatchAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: - Streams

    mutating func addStream() -> Int {
        streams.insert(WatchStreamState())
    }

    /// Nothing is said to the stream any more.
    mutating func removeStream(_ stream: Int) {
        for watcher in streams[stream].watchers.values { detach(watcher) }
        streams.remove(stream)
    }

    /// The stream takes something again, as far as anybody knows.
    mutating func resume(_ stream: Int) {
        streams[stream].isFull = false
        for watcher in streams[stream].behind { enqueue(watchers[watcher].group) }
    }

    /// A turn begins: how much the streams take must be asked anew.
    mutating func forgetRoom() {
        for stream in askedStreams where streams.holds(stream) { streams[stream].room = nil }
        askedStreams.removeAll(keepingCapacity: true)
    }

    private var askedStreams: [Int] = []

    private mutating func room(of stream: Int, _ room: Room) -> Int {
        if streams[stream].isFull { return 0 }
        if let known = streams[stream].room { return known }
        let now = room(stream)
        streams[stream].room = now
        // Only the far end knows that it is full, and says when it is no more.
        if now <= 0 { streams[stream].isFull = true }
        askedStreams.append(stream)
        return now
    }

    // MARK: - Watchers

    mutating func create(_ request: WatchRequest, on stream: Int) {
        if let refusal = refusal(of: request, on: stream) {
            actions.append(.refused(stream: stream, refusal, revision: cursor))
            return
        }
        let id = request.watchID == 0 ? freeID(on: stream) : request.watchID
        let start = request.startRevision.rawValue
        let group = groups.group(of: request.range)
        let handle = watchers.insert(
            Watcher(
                request, stream: stream, id: id, group: group,
                next: start == 0 ? cursor + 1 : start))
        rangeBytes += request.range.key.count + request.range.rangeEnd.count
        streams[stream].watchers[id] = handle
        streams[stream].latestStart = max(
            streams[stream].latestStart, watchers[handle].startRevision)
        if request.wantsProgress { progressWatchers.insert(handle) }
        if watchers[handle].next > cursor {
            addSynced(handle)
        } else {
            addBehind(handle)
        }
        actions.append(.created(stream: stream, watchID: id, revision: cursor))
        if let end = gaps.end(around: start) {
            remove(handle)
            actions.append(.cancelled(stream: stream, watchID: id, compactRevision: end))
        }
    }

    /// As etcd counts: from 0, leaving out what the client has chosen.
    private mutating func freeID(on stream: Int) -> Int64 {
        var id = streams[stream].nextID
        while streams[stream].watchers[id] != nil { id += 1 }
        streams[stream].nextID = id + 1
        return id
    }

    /// An id that is not there is passed over, as in etcd.
    mutating func cancel(_ id: Int64, on stream: Int) {
        guard let handle = streams[stream].watchers[id] else { return }
        remove(handle)
        actions.append(.cancelled(stream: stream, watchID: id, compactRevision: nil))
    }

    private mutating func remove(_ handle: Int) {
        let watcher = watchers[handle]
        streams[watcher.stream].watchers[watcher.id] = nil
        detach(handle)
    }

    private mutating func detach(_ handle: Int) {
        let watcher = watchers[handle]
        takeOut(handle)
        progressWatchers.remove(handle)
        watchers.remove(handle)
        let range = groups[watcher.group].range
        rangeBytes -= range.key.count + range.rangeEnd.count
        if groups[watcher.group].isEmpty, !groups[watcher.group].isQueued {
            groups.remove(watcher.group)
        }
    }

    private mutating func addSynced(_ handle: Int) {
        let group = watchers[handle].group
        watchers[handle].isBehind = false
        watchers[handle].place = groups[group].synced.count
        groups[group].synced.append(handle)
    }

    private mutating func addBehind(_ handle: Int) {
        let (group, stream) = (watchers[handle].group, watchers[handle].stream)
        watchers[handle].isBehind = true
        watchers[handle].place = groups[group].behind.count
        groups[group].behind.append(handle)
        streams[stream].behind.insert(handle)
        if !streams[stream].isFull { enqueue(group) }
    }

    /// Takes a watcher out of its group's lists.
    private mutating func takeOut(_ handle: Int) {
        let watcher = watchers[handle]
        let moved: Int
        if watcher.isBehind {
            streams[watcher.stream].behind.remove(handle)
            moved = groups[watcher.group].behind.removeLast()
            if moved != handle { groups[watcher.group].behind[watcher.place] = moved }
        } else {
            moved = groups[watcher.group].synced.removeLast()
            if moved != handle { groups[watcher.group].synced[watcher.place] = moved }
        }
        if moved != handle { watchers[moved].place = watcher.place }
    }

    // MARK: - Progress

    /// Answers only when every watcher of the stream has been told everything up to `cursor`.
    mutating func requestProgress(on stream: Int) {
        let state = streams[stream]
        guard !state.watchers.isEmpty, state.behind.isEmpty else { return }
        if state.latestStart > cursor {
            let starts = state.watchers.values.map { watchers[$0].startRevision }
            guard let latest = starts.max(), latest <= cursor else { return }
        }
        actions.append(.progressed(stream: stream, watchID: nil, revision: cursor))
    }

    /// An interval has passed: who heard nothing in it, and wants to, hears how far it is.
    mutating func tick() {
        for handle in progressWatchers {
            let watcher = watchers[handle]
            watchers[handle].wasTold = false
            guard !watcher.wasTold, !watcher.isBehind, watcher.startRevision <= cursor,
                !streams[watcher.stream].isFull
            else { continue }
            actions.append(
                .progressed(stream: watcher.stream, watchID: watcher.id, revision: cursor))
        }
    }

    // MARK: - Commits

    /// Changes of the revisions after `cursor` up to `revision`, in order.
    mutating func changed(_ changes: [WatchChange], upTo revision: Int64, room: Room) {
        precondition(revision >= cursor, "a hub is shown revisions in order")
        cursor = revision
        var touched: [Int] = []
        var found: [Int] = []
        for change in changes {
            found.removeAll(keepingCapacity: true)
            groups.visit(change.key) { found.append($0) }
            var event: WatchEvent?
            for group in found where !groups[group].synced.isEmpty {
                let shared = event ?? WatchEvent(change)
                event = shared
                if groups[group].pending.isEmpty { touched.append(group) }
                groups[group].pending.append(shared)
            }
        }
        for group in touched {
            let events = groups[group].pending
            groups[group].pending = []
            feed(groups[group].synced.reversed(), events, room) { hub, handle, next in
                hub.fallBehind(handle, next)
            }
        }
    }

    /// Changes up to `revision` were not kept: whoever was synced reads the log.
    mutating func missed(upTo revision: Int64) {
        let before = cursor
        cursor = revision
        for group in groups.indices {
            for handle in groups[group].synced.reversed()
            where watchers[handle].next <= revision {
                fallBehind(handle, max(watchers[handle].next, before + 1))
            }
        }
    }

    private mutating func fallBehind(_ handle: Int, _ next: Int64) {
        takeOut(handle)
        watchers[handle].next = next
        addBehind(handle)
    }

    /// Hands `events` to each of `handles` as far as its stream takes them. Calls `left` with the
    /// watcher and the first revision that it did not get.
    private mutating func feed(
        _ handles: [Int], _ events: [WatchEvent], _ room: Room,
        left: (inout WatchHub, _ handle: Int, _ next: Int64) -> Void
    ) {
        let bytes = events.reduce(0) { $0 + $1.byteCount }
        for handle in handles {
            let watcher = watchers[handle]
            var wanted = events
            if watcher.hasFilter || watcher.next > events[0].modRevision.rawValue {
                wanted = events.filter(watcher.wants)
                if wanted.isEmpty { continue }
            }
            let room = self.room(of: watcher.stream, room)
            guard room > 0 else {
                left(&self, handle, wanted[0].modRevision.rawValue)
                continue
            }
            var taken = bytes
            if watcher.wantsPrevious || bytes > room {
                // What was there before may be far larger than the events.
                let fitting = wanted.fitting(
                    room, more: watcher.wantsPrevious ? past : { _ in 0 })
                if fitting.count < wanted.count {
                    let next = wanted[fitting.count].modRevision.rawValue
                    wanted.removeSubrange(fitting.count...)
                    deliver(wanted, to: handle, room: 0)
                    left(&self, handle, next)
                    continue
                }
                taken = fitting.bytes
            }
            deliver(wanted, to: handle, room: room - taken)
        }
    }

    private mutating func deliver(_ events: [WatchEvent], to handle: Int, room: Int) {
        let watcher = watchers[handle]
        watchers[handle].wasTold = true
        streams[watcher.stream].room = room
        actions.append(
            .deliver(
                stream: watcher.stream,
                WatchDelivery(
                    watchID: watcher.id, revision: Revision(cursor), events: events,
                    wantsPrevious: watcher.wantsPrevious,
                    allowsFragments: watcher.allowsFragments)))
    }

    // MARK: - Those who are behind

    /// What must be read next: the changes of `range` from `from` up to `cursor`.
    struct Reading {
        let group: Int
        let range: KeyRange
        let from: Int64
    }

    private mutating func enqueue(_ group: Int) {
        guard !groups[group].isQueued else { return }
        groups[group].isQueued = true
        queue.append(group)
    }

    var hasReadings: Bool { queueStart < queue.count }
    /// Ranges that wait for their turn.
    var readingCount: Int { queue.count - queueStart }

    /// The next group in turn, once watchers that need something below `compacted` are cancelled.
    mutating func nextReading(compacted: Int64) -> Reading? {
        while queueStart < queue.count {
            let group = queue[queueStart]
            queueStart += 1
            if queueStart > 64, queueStart * 2 > queue.count {
                queue.removeFirst(queueStart)
                queueStart = 0
            }
            groups[group].isQueued = false
            cancelForgotten(in: group, compacted: compacted)
            if groups[group].isEmpty {
                groups.remove(group)
                continue
            }
            if let from = ready(in: group).map({ watchers[$0].next }).min() {
                return Reading(group: group, range: groups[group].range, from: from)
            }
        }
        return nil
    }

    /// Other groups, waiting for their turn, that need what `reading` is about to read: they are at
    /// its revision or just after it. One look at the log can serve all. They keep their turns.
    func companions(of reading: Reading) -> [Reading] {
        guard !reading.range.isSingleKey else { return [] }
        let waiting = queue[queueStart...].prefix(Limits.watchCompanionsMax)
        return waiting.compactMap { group in
            guard group != reading.group, !groups[group].range.isSingleKey,
                let from = ready(in: group).map({ watchers[$0].next }).min(),
                from >= reading.from, from - reading.from < Limits.watchSliceRecordsMax
            else { return nil }
            return Reading(group: group, range: groups[group].range, from: from)
        }
    }

    private func ready(in group: Int) -> [Int] {
        groups[group].behind.filter { !streams[watchers[$0].stream].isFull }
    }

    private mutating func cancelForgotten(in group: Int, compacted: Int64) {
        for handle in ready(in: group) where watchers[handle].next < compacted {
            let watcher = watchers[handle]
            // The queue lets go of the group itself.
            groups[group].isQueued = true
            remove(handle)
            groups[group].isQueued = false
            actions.append(
                .cancelled(
                    stream: watcher.stream, watchID: watcher.id, compactRevision: compacted))
        }
    }

    /// The answer to `reading`: all changes of its range up to `upTo`.
    mutating func caughtUp(
        _ reading: Reading, _ events: [WatchEvent], upTo: Int64, room: Room
    ) {
        let handles = ready(in: reading.group).filter { watchers[$0].next <= upTo }
        var stopped: [Int: Int64] = [:]
        if !events.isEmpty {
            feed(handles, events, room) { _, handle, next in stopped[handle] = next }
        }
        for handle in handles {
            if let next = stopped[handle] {
                watchers[handle].next = next
            } else {
                watchers[handle].next = upTo + 1
                if upTo >= cursor {
                    takeOut(handle)
                    addSynced(handle)
                }
            }
        }
        if !ready(in: reading.group).isEmpty { enqueue(reading.group) }
    }

    /// The reading could not be done because of a compaction; it is tried, or refused, in its turn.
    mutating func putBack(_ reading: Reading) {
        enqueue(reading.group)
    }
}
