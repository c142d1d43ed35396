import SwiftProtobuf
import VaultAPI

/// What one watcher has been told, and the rules that hold for any server.
struct SeenWatcher {
    /// Of a response in pieces: etcd's limit of a request and what it adds for gRPC.
    static let fragmentBytesMax = 2 << 20

    let request: Etcdserverpb_WatchCreateRequest
    /// The first revision that it may be told.
    let start: Int64
    var events: [Mvccpb_Event] = []
    private(set) var lastRevision: Int64 = 0
    private var isWithinFragments = false
    private var progressRevision: Int64 = 0

    init(_ request: Etcdserverpb_WatchCreateRequest, start: Int64) {
        self.request = request
        self.start = start
    }

    /// Returns the rule that the response broke; empty when it broke none.
    mutating func take(_ response: Etcdserverpb_WatchResponse) -> String {
        var broken = ""
        for (index, event) in response.events.enumerated() {
            let revision = event.kv.modRevision
            // The first event of a response begins a revision, unless a piece came before.
            let begins = index == 0 && !isWithinFragments
            if revision < lastRevision || (begins && revision == lastRevision) {
                broken = "a revision was split, told again or told late"
            }
            if revision < start { broken = "an event from before the start" }
            if revision <= progressRevision { broken = "progress had overtaken an event" }
            if revision > response.header.revision { broken = "the header is behind the events" }
            if request.filters.contains(event.type == .put ? .noput : .nodelete) {
                broken = "an event that was filtered out"
            }
            if event.hasPrevKv, !request.prevKv { broken = "prev_kv that nobody asked for" }
            lastRevision = revision
        }
        if response.fragment, !request.fragment { broken = "a piece that nobody asked for" }
        if request.fragment, response.events.count > 1, response.byteCount > Self.fragmentBytesMax {
            broken = "a piece that is too large"
        }
        isWithinFragments = response.fragment
        events += response.events
        return broken
    }

    /// The stream was told that everything up to `revision` has been told.
    mutating func progress(to revision: Int64) -> String {
        let broken =
            request.startRevision > revision ? "progress before the start \(start)" : ""
        progressRevision = max(progressRevision, revision)
        return broken
    }

    func holds(_ key: [UInt8]) -> Bool {
        let first = request.key.isEmpty ? [0] : Array(request.key)
        let end = Array(request.rangeEnd)
        if end.isEmpty { return key == first }
        return !key.lexicographicallyPrecedes(first)
            && (end == [0] || key.lexicographicallyPrecedes(end))
    }
}

extension Etcdserverpb_WatchResponse {
    fileprivate var byteCount: Int {
        ((try? serializedBytes()) as [UInt8]?)?.count ?? .max
    }
}
