import Testing
import VaultAPI

/// A fault in what a watcher is told that the comparison must notice.
struct WatchCanary: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let spoil: WatchSide.WatchAlteration

    /// A fault for some events of any run, by their revision.
    private static func isChosen(_ event: Mvccpb_Event) -> Bool { event.kv.modRevision % 7 == 0 }

    private init(
        _ testDescription: String,
        events: @escaping @Sendable ([Mvccpb_Event]) -> [Mvccpb_Event]
    ) {
        self.testDescription = testDescription
        spoil = { response in
            var response = response
            if response.events.isEmpty { return [response] }
            response.events = events(response.events)
            return response.events.isEmpty ? [] : [response]
        }
    }

    private init(_ testDescription: String, spoil: @escaping WatchSide.WatchAlteration) {
        self.testDescription = testDescription
        self.spoil = spoil
    }

    static let all = [
        WatchCanary("an event is dropped", events: { $0.filter { !isChosen($0) } }),
        WatchCanary(
            "an event is told twice",
            events: { $0.flatMap { isChosen($0) ? [$0, $0] : [$0] } }),
        WatchCanary("a response is told twice") { [$0, $0] },
        WatchCanary("events come in another order", events: { $0.reversed() }),
        WatchCanary(
            "prev_kv has another version",
            events: {
                $0.map { event in
                    var event = event
                    if event.hasPrevKv, isChosen(event) { event.prevKv.version += 1 }
                    return event
                }
            }),
        WatchCanary(
            "a deletion is told as a put",
            events: {
                $0.map { event in
                    var event = event
                    event.type = .put
                    return event
                }
            }),
        WatchCanary(
            "a lease is not told",
            events: {
                $0.map { event in
                    var event = event
                    event.kv.lease = 0
                    return event
                }
            }),
        WatchCanary("a revision is split") { response in
            guard response.events.count > 1 else { return [response] }
            var (first, second) = (response, response)
            first.events = [response.events[0]]
            second.events.removeFirst()
            return [first, second]
        },
        WatchCanary("the header is one behind") { response in
            guard let last = response.events.last else { return [response] }
            var response = response
            response.header.revision = last.kv.modRevision - 1
            return [response]
        },
        WatchCanary("progress overtakes events") { response in
            guard let last = response.events.last else { return [response] }
            var progress = Etcdserverpb_WatchResponse()
            progress.header.revision = last.kv.modRevision
            progress.watchID = -1
            return [progress, response]
        },
        WatchCanary("a watcher has another id") { response in
            guard response.created, !response.canceled else { return [response] }
            var response = response
            response.watchID += 1
            return [response]
        },
        WatchCanary("a compaction is told one too low") { response in
            guard response.compactRevision > 0 else { return [response] }
            var response = response
            response.compactRevision -= 1
            return [response]
        },
    ]
}
