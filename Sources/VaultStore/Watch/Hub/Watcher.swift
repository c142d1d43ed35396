/// One watcher of one stream.
struct Watcher {
    let stream: Int
    let id: Int64
    /// The watchers of the same range.
    let group: Int
    let skipsPuts: Bool
    let skipsDeletes: Bool
    let wantsPrevious: Bool
    let wantsProgress: Bool
    let allowsFragments: Bool
    /// The first revision that it asked for; 0 when it asked for none.
    let startRevision: Int64
    /// The first revision that was not looked at for it.
    var next: Int64
    /// It gets what it needs from the log, not from the commits.
    var isBehind = false
    /// Its index in the group's list of synced watchers, or of those behind.
    var place = 0
    /// It was told events since the last tick. Its creation is none, as in etcd.
    var wasTold = false

    init(
        _ request: WatchRequest, stream: Int, id: Int64, group: Int, next: Int64
    ) {
        self.stream = stream
        self.id = id
        self.group = group
        skipsPuts = request.skipsPuts
        skipsDeletes = request.skipsDeletes
        wantsPrevious = request.wantsPrevious
        wantsProgress = request.wantsProgress
        allowsFragments = request.allowsFragments
        startRevision = request.startRevision.rawValue
        self.next = next
    }

    var hasFilter: Bool { skipsPuts || skipsDeletes }

    func wants(_ event: WatchEvent) -> Bool {
        event.modRevision.rawValue >= next && !(event.isDelete ? skipsDeletes : skipsPuts)
    }
}

/// The watchers of one range.
struct WatcherGroup {
    let range: KeyRange
    /// Fed by the commits.
    var synced: [Int] = []
    /// Fed from the log.
    var behind: [Int] = []
    /// Waits for its turn to read the log.
    var isQueued = false
    /// Events of the commit that is being handed out.
    var pending: [WatchEvent] = []

    var isEmpty: Bool { synced.isEmpty && behind.isEmpty }
}

/// One client's stream of watchers.
struct WatchStreamState {
    var watchers: [Int64: Int] = [:]
    var behind: Set<Int> = []
    var nextID: Int64 = 0
    /// The client does not read; nothing is handed over until it does.
    var isFull = false
    /// Bytes that may still be handed over in this turn; nil when not asked yet.
    var room: Int?
    /// No watcher of the stream asked for a later start.
    var latestStart: Int64 = 0
}
