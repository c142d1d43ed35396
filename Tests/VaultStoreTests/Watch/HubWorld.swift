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
        /// Something may have kept it from being told at once.
        var mayLag = false
        /// It was told events since the last tick.
        var wasTold = false
    }

    struct ModelStream {
        var room = 1 << 30
        var watchers: [Int64: ModelWatcher] = [:]
        var nextID: Int64 = 0
    }

    var hub = WatchHub(cursor: 1)
    var random: SeededRandom
    var history: [WatchChange] = []
    var published: Int64 = 1
    var compacted: Int64 = -1
    var streams: [Int: ModelStream] = [:]
    var told = 0
    var compactions = 0
    var creating: [Int: WatchRequest] = [:]
    /// What a client has just asked to end.
    var cancelling: (stream: Int, id: Int64)?
    /// Notes of progress, for a watcher or (nil) for the stream.
    var notes: [(stream: Int, id: Int64?)] = []

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
        case 22: tick()
        default: openOrClose()
        }
        check()
        #expect(hub.watcherCount == streams.values.reduce(0) { $0 + $1.watchers.count })
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
        markLaggards(events, isSeen: isSeen)
        if isSeen {
            hub.changed(events, upTo: published) { streams[$0]?.room ?? 0 }
        } else {
            hub.missed(upTo: published)
        }
    }

    private mutating func create() {
        guard let stream = pickStream(), creating[stream] == nil else { return }
        var request = WatchRequest(range: range())
        switch random.next() % 5 {
        case 0: request.startRevision = Revision(Int64(random.next() % UInt64(published + 4)))
        case 2: request.startRevision = Revision(published + 1 + Int64(random.next() % 9))
        case 1: request.startRevision = Revision(max(compacted, 1))
        default: break
        }
        if random.once(in: 30) { request.startRevision = Revision(-3) }
        request.watchID = random.once(in: 3) ? Int64(random.next() % 6) : 0
        request.skipsPuts = random.once(in: 6)
        request.skipsDeletes = random.once(in: 6)
        request.wantsPrevious = random.once(in: 4)
        request.wantsProgress = random.once(in: 2)
        request.allowsFragments = random.once(in: 2)
        creating[stream] = request
        hub.create(request, on: stream)
    }

    private mutating func cancel() {
        guard let stream = pickStream() else { return }
        let id = Int64(random.next() % 8)
        cancelling = (stream, id)
        hub.cancel(id, on: stream)
        check()
        #expect(streams[stream]?.watchers[id] == nil, "a watcher was not cancelled")
        cancelling = nil
    }

    /// Who is told of the commit later, or not before it reads the log.
    private mutating func markLaggards(_ events: [WatchChange], isSeen: Bool) {
        for (stream, state) in streams {
            for (id, watcher) in state.watchers where watcher.start <= published {
                let isConcerned = events.contains { watcher.wants($0) }
                if !isSeen || (isConcerned && state.room < 1 << 20) {
                    streams[stream]?.watchers[id]?.mayLag = true
                }
            }
        }
    }

    mutating func tick() {
        hub.tick()
        check()
        for (stream, state) in streams {
            for id in state.watchers.keys { streams[stream]?.watchers[id]?.wasTold = false }
        }
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
        for (stream, state) in streams {
            for (id, watcher) in state.watchers {
                #expect(next(watcher) == nil, "watcher \(id) was not told everything")
                streams[stream]?.watchers[id]?.mayLag = false
            }
        }
        expectProgress()
    }

    /// Everybody has been told everything: who asks how far it is must be answered.
    private mutating func expectProgress() {
        for (stream, state) in streams.sorted(by: { $0.key < $1.key }) {
            notes = []
            hub.requestProgress(on: stream)
            check()
            let isDue =
                !state.watchers.isEmpty
                && state.watchers.values.allSatisfy {
                    $0.request.startRevision.rawValue <= published
                }
            #expect(notes.count == (isDue ? 1 : 0))
        }
        tick()
        notes = []
        tick()
        let due = streams.values.flatMap(\.watchers.values).filter {
            $0.request.wantsProgress && $0.request.startRevision.rawValue <= published
        }
        #expect(notes.count == due.count, "progress of \(due.count) watchers is due")
    }

    /// Every client leaves: nothing may stay behind.
    mutating func end() {
        for stream in streams.keys { hub.removeStream(stream) }
        streams = [:]
        #expect(hub.nextReading(compacted: compacted) == nil)
        #expect(hub.watcherCount == 0)
        #expect(hub.groups.indices.isEmpty)
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
