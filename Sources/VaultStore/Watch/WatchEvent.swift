/// One change of one key, as watchers are told of it. Shared by all who are told.
///
/// SAFETY: `previous` and the encodings are touched only on the store's watch thread, on which all
/// of `WatchReceiver` is called.
public final class WatchEvent: @unchecked Sendable {
    public let key: Bytes
    /// Empty for a deletion.
    public let value: Bytes
    public let isDelete: Bool
    /// Zero for a deletion, like `version` and `lease`.
    public let createRevision: Revision
    public let modRevision: Revision
    public let version: Int64
    public let lease: LeaseID
    /// What was there before, for deliveries that want it; nil when nothing was, or when it has
    /// been compacted.
    public internal(set) var previous: KeyValue?
    var hasPrevious = false
    private var plainEncoding: Bytes?
    private var fullEncoding: Bytes?

    init(
        key: Bytes, value: Bytes, isDelete: Bool, createRevision: Revision,
        modRevision: Revision, version: Int64, lease: LeaseID
    ) {
        self.key = key
        self.value = value
        self.isDelete = isDelete
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
        self.lease = lease
    }

    /// The event as `make` encodes it: made once for all watchers who get it in the same form.
    public func encoding(withPrevious: Bool, _ make: (WatchEvent) -> Bytes) -> Bytes {
        if let known = withPrevious ? fullEncoding : plainEncoding { return known }
        let made = make(self)
        if withPrevious { fullEncoding = made } else { plainEncoding = made }
        return made
    }

    /// Bytes that the event takes in a message, roughly and never too few, without `previous`.
    var byteCount: Int { key.count + value.count + 64 }
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
