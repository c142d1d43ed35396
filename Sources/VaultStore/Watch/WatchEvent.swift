/// One change of one key, as a commit keeps it for watchers: cheap to make, since few are told.
struct WatchChange {
    var key: Bytes
    var value: Bytes
    var isDelete: Bool
    var createRevision: Revision
    var modRevision: Revision
    var version: Int64
    var lease: LeaseID

    /// Bytes that an event takes in a message, roughly and never too few.
    var byteCount: Int { key.count + value.count + 64 }
}

/// One change of one key, as watchers are told of it. Shared by all who are told.
///
/// SAFETY: `previous` and the encodings are touched only on the store's watch thread, on which all
/// of `WatchReceiver` is called.
public final class WatchEvent: @unchecked Sendable {
    let change: WatchChange
    /// What was there before, for deliveries that want it; nil when nothing was, or when it has
    /// been compacted.
    public internal(set) var previous: KeyValue?
    var hasPrevious = false
    private var plainEncoding: Bytes?
    private var fullEncoding: Bytes?

    init(_ change: WatchChange) {
        self.change = change
    }

    public var key: Bytes { change.key }
    /// Empty for a deletion.
    public var value: Bytes { change.value }
    public var isDelete: Bool { change.isDelete }
    /// Zero for a deletion, like `version` and `lease`.
    public var createRevision: Revision { change.createRevision }
    public var modRevision: Revision { change.modRevision }
    public var version: Int64 { change.version }
    public var lease: LeaseID { change.lease }

    /// The event as `make` encodes it: made once for all watchers who get it in the same form.
    public func encoding(withPrevious: Bool, _ make: (WatchEvent) -> Bytes) -> Bytes {
        if let known = withPrevious ? fullEncoding : plainEncoding { return known }
        let made = make(self)
        if withPrevious { fullEncoding = made } else { plainEncoding = made }
        return made
    }

    /// Bytes that the event takes in a message, roughly and never too few, without `previous`:
    /// `WatchPast` says how many that takes.
    var byteCount: Int { change.byteCount }
}

/// Events for one watcher: whole revisions, in order.
public struct WatchDelivery: Sendable {
    public let watchID: Int64
    /// The store's revision as the watcher may know it: at least the last event's.
    public let revision: Revision
    public let events: [WatchEvent]
    public let wantsPrevious: Bool
    public let allowsFragments: Bool
}
