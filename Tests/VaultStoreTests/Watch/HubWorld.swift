import Testing
import VaultTestSupport

@testable import VaultStore

/// A hub in a world of seeded commits, clients, compactions and slow readers, and a naive model of
/// what each watcher must be told. Every action of the hub is held against it.
struct HubWorld {
    struct ModelWatcher {
        var request: WatchRequest
        /// The first revision that it must be told of.
        var start: Int64
        /// Events of the history that were told or do not concern it.
        var position = 0
    }

    struct ModelStream {
        var room = 1 << 30
        var watchers: [Int64: ModelWatcher] = [:]
        var asked = 0
    }

    var hub = WatchHub(cursor: 1)
    var random: SeededRandom
    private(set) var history: [WatchChange] = []
    private(set) var published: Int64 = 1
    private(set) var compacted: Int64 = -1
    private(set) var streams: [Int: ModelStream] = [:]
    private(set) var told = 0
    private(set) var compactions = 0
    private var creating: [Int: WatchRequest] = [:]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    // MARK: - What happens

    mutating func step() {
        hub.forgetRoom()
        switch random.next() % 24 {
        case 0..<7: commit(isSeen: true)
        case 7: commit(isSeen: false)
        case 8..<11: create()
        case 11: cancel()
        case 12: compact()
        case 13..<16: changeRoom()
        case 16..<21: read()
        case 21: askProgress()
        case 22: hub.tick()
        default: openOrClose()
        }
        check()
    }

    private mutating func commit(isSeen: Bool) {
        var events: [WatchChange] = []
        for _ in 0..<(1 + random.next() % 4) {
            published += 1
            let keys = Set((0..<(1 + random.next() % 3)).map { _ in key() })
            for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                let isDelete = random.once(in: 4)
                events.append(
                    WatchChange(
                        key: key, value: isDelete ? [] : random.bytes(Int(random.next() % 100)),
                        isDelete: isDelete, createRevision: Revision(isDelete ? 0 : published),
                        modRevision: Revision(published), version: isDelete ? 0 : 1, lease: .none))
            }
        }
        history += events
        let streams = streams
        if isSeen {
            hub.changed(events, upTo: published) { streams[$0]?.room ?? 0 }
        } else {
            hub.missed(upTo: published)
        }
    }

    private mutating func create() {
        guard let stream = pickStream(), creating[stream] == nil else { return }
        var request = WatchRequest(range: range())
        switch random.next() % 4 {
        case 0: request.startRevision = Revision(Int64(random.next() % UInt64(published + 4)))
        case 1: request.startRevision = Revision(max(compacted, 1))
        default: break
        }
        request.watchID = random.once(in: 3) ? Int64(random.next() % 6) : 0
        request.skipsPuts = random.once(in: 6)
        request.skipsDeletes = random.once(in: 6)
        request.wantsPrevious = random.once(in: 4)
        request.wantsProgress = random.once(in: 2)
        creating[stream] = request
        hub.create(request, on: stream)
    }

    private mutating func cancel() {
        guard let stream = pickStream() else { return }
        hub.cancel(Int64(random.next() % 8), on: stream)
    }

    private mutating func compact() {
        guard published > max(compacted, 1) else { return }
        compacted = Int64.random(in: (max(compacted, 0) + 1)...published, using: &random)
    }

    private mutating func changeRoom() {
        guard let stream = pickStream(), let before = streams[stream]?.room else { return }
        let after = random.pick([0, 1, 300, 2_000, 1 << 30])
        streams[stream]?.room = after
        if before <= 0, after > 0 { hub.resume(stream) }
    }

    /// One reading of the log, of any length, which a compaction may overtake.
    mutating func read(recordsMax: Int? = nil) {
        guard let reading = hub.nextReading(compacted: compacted) else { return }
        #expect(reading.from >= compacted)
        if random.once(in: 8) { compact() }
        if reading.from < compacted {
            hub.putBack(reading)
            return
        }
        let recordsMax = recordsMax ?? 1 + Int(random.next() % 10)
        let ahead = history.filter { $0.modRevision.rawValue >= reading.from }
        var upTo = hub.cursor
        if ahead.count > recordsMax { upTo = ahead[recordsMax - 1].modRevision.rawValue }
        let streams = streams
        hub.caughtUp(
            reading,
            ahead.filter { $0.modRevision.rawValue <= upTo && reading.range.contains($0.key) }
                .map { WatchEvent($0) },
            upTo: upTo
        ) { streams[$0]?.room ?? 0 }
    }

    private mutating func askProgress() {
        guard let stream = pickStream() else { return }
        streams[stream]?.asked += 1
        hub.requestProgress(on: stream)
    }

    mutating func openOrClose() {
        if streams.count > 3, random.once(in: 3), let stream = pickStream() {
            hub.removeStream(stream)
            streams[stream] = nil
        } else if streams.count < 6 {
            streams[hub.addStream()] = ModelStream()
        }
    }

    /// Everybody reads, and nothing else happens.
    mutating func settle() {
        for stream in streams.keys {
            streams[stream]?.room = 1 << 30
            hub.resume(stream)
        }
        var turns = 0
        while hub.hasReadings {
            turns += 1
            guard turns < 10_000 else {
                Issue.record("the hub does not come to rest")
                return
            }
            hub.forgetRoom()
            read(recordsMax: 50)
            check()
        }
        for stream in streams.values {
            for (id, watcher) in stream.watchers {
                #expect(next(watcher) == nil, "watcher \(id) was not told everything")
            }
        }
    }

    // MARK: - What it must lead to

    mutating func check() {
        for action in hub.takeActions() {
            switch action {
            case .created(let stream, let id, let revision): created(stream, id, revision)
            case .refused(let stream, let refusal, _): refused(stream, refusal)
            case .deliver(let stream, let delivery): delivered(stream, delivery)
            case .cancelled(let stream, let id, let revision): cancelled(stream, id, revision)
            case .progressed(let stream, let id, let revision): progressed(stream, id, revision)
            }
        }
    }

    private mutating func created(_ stream: Int, _ id: Int64, _ revision: Int64) {
        #expect(revision == published)
        guard let request = creating.removeValue(forKey: stream) else {
            Issue.record("a watcher was created that nobody asked for")
            return
        }
        #expect(streams[stream]?.watchers[id] == nil, "the id \(id) is taken")
        if request.watchID != 0 { #expect(id == request.watchID) }
        let start = request.startRevision.rawValue
        streams[stream]?.watchers[id] = ModelWatcher(
            request: request, start: start == 0 ? published + 1 : start)
    }

    private mutating func refused(_ stream: Int, _ refusal: WatchRefusal) {
        guard let request = creating.removeValue(forKey: stream) else {
            Issue.record("a watcher was refused that nobody asked for")
            return
        }
        let range = request.range
        let isEmpty =
            !range.isSingleKey && !range.isUnbounded
            && !range.key.lexicographicallyPrecedes(range.rangeEnd)
        let isTaken = streams[stream]?.watchers[request.watchID] != nil
        #expect(isEmpty || isTaken)
        #expect(refusal == (isEmpty ? .emptyRange : .duplicateID))
    }

    /// The index in the history of what the watcher must be told next.
    private func next(_ watcher: ModelWatcher) -> Int? {
        history.indices[watcher.position...].first { index in
            let event = history[index]
            return event.modRevision.rawValue >= watcher.start
                && watcher.request.range.contains(event.key)
                && !(event.isDelete ? watcher.request.skipsDeletes : watcher.request.skipsPuts)
        }
    }

    private mutating func delivered(_ stream: Int, _ delivery: WatchDelivery) {
        guard var watcher = streams[stream]?.watchers[delivery.watchID] else {
            Issue.record("a watcher that is not there was told something")
            return
        }
        #expect(!delivery.events.isEmpty)
        for event in delivery.events {
            guard let index = next(watcher), history[index].key == event.key,
                history[index].modRevision == event.modRevision
            else {
                Issue.record("an event was lost, told twice, or told in the wrong order")
                return
            }
            watcher.position = index + 1
        }
        if let last = delivery.events.last, let after = next(watcher) {
            #expect(history[after].modRevision != last.modRevision, "a revision was split")
        }
        checkRoom(stream, delivery)
        told += delivery.events.count
        streams[stream]?.watchers[delivery.watchID] = watcher
    }

    /// Nothing beyond the room but one revision.
    private mutating func checkRoom(_ stream: Int, _ delivery: WatchDelivery) {
        let room = streams[stream]?.room ?? 0
        let bytes = delivery.events.reduce(0) { $0 + $1.byteCount }
        let isOneRevision = Set(delivery.events.map(\.modRevision)).count == 1
        #expect(room > 0 && (bytes <= room || isOneRevision))
        streams[stream]?.room -= bytes
    }

    private mutating func cancelled(_ stream: Int, _ id: Int64, _ revision: Int64?) {
        guard let watcher = streams[stream]?.watchers.removeValue(forKey: id) else {
            Issue.record("a watcher that is not there was cancelled")
            return
        }
        if let revision {
            compactions += 1
            // Another compaction may have come since.
            #expect(revision <= compacted)
            #expect(watcher.start < revision)
        }
    }

    private func progressed(_ stream: Int, _ id: Int64?, _ revision: Int64) {
        #expect(revision == published)
        let watchers = streams[stream]?.watchers ?? [:]
        for (other, watcher) in watchers where id == nil || id == other {
            #expect(watcher.request.startRevision.rawValue <= revision)
            #expect(next(watcher) == nil, "progress overtook an event")
        }
    }

    // MARK: - Randomness

    private mutating func pickStream() -> Int? {
        streams.isEmpty ? nil : random.pick(streams.keys.sorted())
    }

    private mutating func key() -> Bytes {
        (0..<(1 + random.next() % 3)).map { _ in random.pick(Array("abc".utf8)) }
    }

    private mutating func range() -> KeyRange {
        switch random.next() % 6 {
        case 0: KeyRange(key: key())
        case 1: KeyRange(key: [UInt8(ascii: "a")])
        case 2: KeyRange.prefix(key())
        case 3: KeyRange(key: key(), rangeEnd: [0])
        case 4: KeyRange.all
        default: KeyRange(key: key(), rangeEnd: key())
        }
    }
}
