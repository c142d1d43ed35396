import FoundationEssentials
import SwiftProtobuf
import VaultAPI

@testable import VaultAccess
@testable import VaultServer
@testable import VaultStore

/// What one watch stream may be told, by etcd's rules put in the plainest way: answers in the order
/// of the requests, events in the order of the history, each once and none left out.
struct WatchExpectation {
    private enum Asked {
        case create(Etcdserverpb_WatchCreateRequest)
        case cancel(Int64)
        case progress
    }

    private let rights: Rights
    private var asked: [Asked] = []
    private var watched: [Int64: WatchedRange] = [:]
    /// The last revision up to which the whole stream was said to be.
    private(set) var progress: Int64 = 0

    init(rights: Rights) { self.rights = rights }

    mutating func asked(_ request: Etcdserverpb_WatchRequest) {
        switch request.requestUnion {
        case .createRequest(let create): asked.append(.create(create))
        case .cancelRequest(let cancel): asked.append(.cancel(cancel.watchID))
        case .progressRequest: asked.append(.progress)
        case nil: break
        }
    }

    /// Somebody asked for a watcher and was not answered.
    var awaitsWatcher: Bool {
        asked.contains { if case .create = $0 { true } else { false } }
    }

    /// Watchers that are told nothing until there is more than `revision`.
    func future(after revision: Int64) -> [Int64] {
        watched.filter { $0.value.askedStart > revision }.keys.sorted()
    }

    func isAllTold(_ history: WatchHistory, upTo revision: Int64) -> Bool {
        progress == revision && watched.values.allSatisfy { $0.next(in: history) == nil }
    }

    private func require(_ isKept: Bool, _ promise: @autoclosure () -> String) {
        precondition(isKept, promise())
    }

    // MARK: - Answers

    mutating func take(
        _ response: Etcdserverpb_WatchResponse, _ history: WatchHistory, upTo revision: Int64
    ) {
        require(response.header.revision <= revision, "nobody is told of what is not there")
        if response.created {
            answerCreate(response)
        } else if response.canceled {
            end(response, history)
        } else if response.events.isEmpty {
            tellProgress(response, history)
        } else {
            deliver(response, history)
        }
    }

    /// The requests before the one that is answered were done, too.
    private mutating func next(_ isIt: (Asked) -> Bool) -> Asked {
        while !asked.isEmpty {
            let first = asked.removeFirst()
            if isIt(first) { return first }
            switch first {
            case .create: preconditionFailure("every request for a watcher is answered, in order")
            case .cancel(let id): require(watched[id] == nil, "who is cancelled is told so")
            case .progress: break
            }
        }
        preconditionFailure("nobody asked for that")
    }

    private mutating func answerCreate(_ response: Etcdserverpb_WatchResponse) {
        let answered = next { if case .create = $0 { true } else { false } }
        guard case .create(let create) = answered else { return }
        let key = create.key.isEmpty ? [0] : Bytes(create.key)
        let range = KeyRange(key: key, rangeEnd: Bytes(create.rangeEnd))
        let refusal = refusal(of: create, range)
        require(
            response.canceled == (refusal != nil) && response.cancelReason == refusal ?? "",
            "\(create) is answered with \(refusal ?? "a watcher"): \(response)")
        guard refusal == nil else {
            return require(response.watchID == -1, "what is refused has no id")
        }
        let isChosen = create.watchID != 0
        require(!isChosen || response.watchID == create.watchID, "a client may choose the id")
        require(watched[response.watchID] == nil, "two watchers have two ids")
        let start = create.startRevision
        watched[response.watchID] = WatchedRange(
            range: range, start: start == 0 ? response.header.revision + 1 : start,
            askedStart: start, skipsPuts: create.filters.contains(.noput),
            skipsDeletes: create.filters.contains(.nodelete), wantsPrevious: create.prevKv,
            allowsFragments: create.fragment)
    }

    /// etcd's words; nil when there is nothing against it.
    private func refusal(
        of create: Etcdserverpb_WatchCreateRequest, _ range: KeyRange
    ) -> String? {
        if !rights.allowsRead(range) {
            return "rpc error: code = PermissionDenied desc = etcdserver: permission denied"
        }
        let isRange = !range.rangeEnd.isEmpty && range.rangeEnd != [0]
        if isRange, !range.key.lexicographicallyPrecedes(range.rangeEnd) {
            return "mvcc: watcher range is empty"
        }
        if create.watchID != 0, watched[create.watchID] != nil {
            return "mvcc: duplicate watch ID provided on the WatchStream"
        }
        return create.startRevision < 0
            ? "etcdserver: mvcc: required revision has been compacted" : nil
    }

    private mutating func end(_ response: Etcdserverpb_WatchResponse, _ history: WatchHistory) {
        let id = response.watchID
        guard let watcher = watched[id] else {
            preconditionFailure("who is not there is not ended: \(response)")
        }
        if response.compactRevision == 0 {
            _ = next { if case .cancel(id) = $0 { true } else { false } }
        } else {
            require(response.compactRevision <= history.compacted, "that was compacted")
            require(
                watcher.start < response.compactRevision
                    && watcher.told < response.compactRevision, "who needs no more goes on")
        }
        require(response.cancelReason.isEmpty, "nobody loses rights")
        watched[id] = nil
    }

    private mutating func tellProgress(
        _ response: Etcdserverpb_WatchResponse, _ history: WatchHistory
    ) {
        _ = next { if case .progress = $0 { true } else { false } }
        require(response.watchID == -1 && !watched.isEmpty, "the stream is told, and not nobody")
        let revision = response.header.revision
        require(revision >= progress, "the stream goes on")
        for watcher in watched.values {
            let next = watcher.next(in: history).map { history.changes[$0].revision }
            require(
                watcher.askedStart <= revision && next ?? .max > revision,
                "everything up to there was told: \(watcher)")
        }
        progress = revision
    }

    // MARK: - Events

    private mutating func deliver(
        _ response: Etcdserverpb_WatchResponse, _ history: WatchHistory
    ) {
        guard var watcher = watched[response.watchID] else {
            preconditionFailure("nobody is told who is not there: \(response)")
        }
        for event in response.events {
            guard let place = watcher.next(in: history) else {
                preconditionFailure("nothing is told twice: \(event)")
            }
            check(event, history, place, watcher)
            watcher.place = place + 1
            watcher.told = history.changes[place].revision
        }
        require(response.header.revision >= watcher.told, "the header is no older than its events")
        require(!response.fragment || watcher.allowsFragments, "nobody else is sent fragments")
        if !response.fragment, let next = watcher.next(in: history) {
            require(history.changes[next].revision > watcher.told, "a revision is told whole")
        }
        watched[response.watchID] = watcher
    }

    private func check(
        _ event: Mvccpb_Event, _ history: WatchHistory, _ place: Int, _ watcher: WatchedRange
    ) {
        let change = history.changes[place]
        let isSame =
            Bytes(event.kv.key) == change.key && event.kv.modRevision == change.revision
            && (event.type == .delete) == (change.value == nil)
            && Bytes(event.kv.value) == change.value ?? []
            && event.kv.createRevision == change.created && event.kv.version == change.version
        require(isSame, "the next change is told, as it was: \(event), \(change)")
        guard event.hasPrevKv else {
            let isGone = change.previous == nil || history.compacted >= change.revision
            return require(!watcher.wantsPrevious || isGone, "what was there before is told")
        }
        guard watcher.wantsPrevious, let previous = change.previous.map({ history.changes[$0] })
        else { preconditionFailure("there was nothing before, or nobody asked: \(event)") }
        require(
            event.prevKv.modRevision == previous.revision
                && Bytes(event.prevKv.value) == previous.value, "what was there before is told")
    }
}
