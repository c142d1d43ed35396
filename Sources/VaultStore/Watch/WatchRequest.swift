/// What a client asks to be told, as etcd's `WatchCreateRequest`.
public struct WatchRequest: Equatable, Sendable {
    /// The keys to watch.
    public var range: KeyRange
    /// The first revision whose events are wanted; `.none` for everything after now.
    public var startRevision = Revision.none
    /// The id chosen by the client; 0 lets the store choose.
    public var watchID: Int64 = 0
    /// Leave out puts (etcd's NOPUT).
    public var skipsPuts = false
    /// Leave out deletions (etcd's NODELETE).
    public var skipsDeletes = false
    /// Say with each event what was there before.
    public var wantsPrevious = false
    /// Say now and then how far the watcher is when there are no events.
    public var wantsProgress = false
    /// The receiver may split a large delivery.
    public var allowsFragments = false

    public init(range: KeyRange) {
        self.range = range
    }
}

/// Why a watcher was not created.
public enum WatchRefusal: Equatable, Sendable {
    /// The client may not watch that: `WatchStream.refuse`.
    case denied
    /// The range holds no key.
    case emptyRange
    /// The stream has a watcher with this id.
    case duplicateID
    /// The start revision is negative.
    case negativeRevision
    /// The stream or the store has as many watchers as it may have.
    case tooManyWatchers
}
