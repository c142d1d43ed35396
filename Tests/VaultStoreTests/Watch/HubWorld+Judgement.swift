import Testing

@testable import VaultStore

/// What the hub's actions must be.
extension HubWorld {
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
        #expect(id == (request.watchID == 0 ? freeID(on: stream) : request.watchID))
        let start = request.startRevision.rawValue
        var watcher = ModelWatcher(request: request, start: start == 0 ? published + 1 : start)
        watcher.mayLag = watcher.start <= published
        streams[stream]?.watchers[id] = watcher
    }

    /// From 0 on, each number once, without those that are taken.
    private mutating func freeID(on stream: Int) -> Int64 {
        var id = streams[stream]?.nextID ?? 0
        while streams[stream]?.watchers[id] != nil { id += 1 }
        streams[stream]?.nextID = id + 1
        return id
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
        let isTaken =
            request.watchID != 0 && streams[stream]?.watchers[request.watchID] != nil
        #expect(isEmpty || isTaken || request.startRevision.rawValue < 0)
        let expected: WatchRefusal = isTaken ? .duplicateID : .negativeRevision
        #expect(refusal == (isEmpty ? .emptyRange : expected))
    }

    /// The index in the history of what the watcher must be told next.
    func next(_ watcher: ModelWatcher) -> Int? {
        history.indices[watcher.position...].first { index in
            watcher.wants(history[index])
        }
    }

    private mutating func delivered(_ stream: Int, _ delivery: WatchDelivery) {
        guard var watcher = streams[stream]?.watchers[delivery.watchID] else {
            Issue.record("a watcher that is not there was told something")
            return
        }
        #expect(!delivery.events.isEmpty)
        #expect(delivery.revision == Revision(published))
        #expect(delivery.wantsPrevious == watcher.request.wantsPrevious)
        #expect(delivery.allowsFragments == watcher.request.allowsFragments)
        watcher.wasTold = true
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
            #expect(watcher.mayLag, "a watcher that knew everything was cancelled")
        } else {
            #expect(cancelling?.stream == stream && cancelling?.id == id)
        }
    }

    private mutating func progressed(_ stream: Int, _ id: Int64?, _ revision: Int64) {
        #expect(revision == published)
        let watchers = streams[stream]?.watchers ?? [:]
        for (other, watcher) in watchers where id == nil || id == other {
            #expect(watcher.request.startRevision.rawValue <= revision)
            #expect(next(watcher) == nil, "progress overtook an event")
            if id != nil { #expect(watcher.request.wantsProgress && !watcher.wasTold) }
        }
        if let id { #expect(watchers[id] != nil, "progress of a watcher that is not there") }
        notes.append((stream, id))
    }
}

extension HubWorld.ModelWatcher {
    func wants(_ event: WatchChange) -> Bool {
        event.modRevision.rawValue >= start && request.range.contains(event.key)
            && !(event.isDelete ? request.skipsDeletes : request.skipsPuts)
    }
}
