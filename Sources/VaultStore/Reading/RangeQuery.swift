public enum SortOrder: Hashable, Sendable {
    case none, ascending, descending
    /// A number that etcd does not define; the query is refused.
    case unrecognized
}

public enum SortTarget: Hashable, Sendable {
    case key, version, createRevision, modRevision, value
    /// A number that etcd does not define; the query is refused.
    case unrecognized
}

/// A read of neighbouring keys, as etcd's `RangeRequest`.
public struct RangeQuery: Hashable, Sendable {
    public var range: KeyRange
    /// The moment to read at; 0 or less is now.
    public var revision: Revision = .none
    /// The most records to return; 0 or less is no limit.
    public var limit: Int64 = 0
    public var sortOrder: SortOrder = .none
    public var sortTarget: SortTarget = .key
    public var keysOnly = false
    public var countOnly = false
    /// Bounds on revisions, inclusive; 0 is no bound.
    public var minModRevision: Revision = .none
    public var maxModRevision: Revision = .none
    public var minCreateRevision: Revision = .none
    public var maxCreateRevision: Revision = .none

    public init(range: KeyRange) {
        self.range = range
    }

    var hasFilters: Bool {
        minModRevision != .none || maxModRevision != .none || minCreateRevision != .none
            || maxCreateRevision != .none
    }

    /// The most positions that an answer can use; more need not be looked for.
    var positionsMax: Int {
        if countOnly { return 0 }
        guard limit > 0, !hasFilters else { return Int.max }
        let limit = Int(clamping: limit)
        // One more than the limit tells whether there was more.
        let enough = limit == Int.max ? limit : limit + 1
        return sortOrder == .none || isNativeOrder ? enough : Int.max
    }

    /// The order of the index is the order of the answer.
    var isNativeOrder: Bool { sortTarget == .key && sortOrder != .descending }
}

/// What is said of a read besides its records.
public struct RangeSummary: Equatable, Sendable {
    /// Keys in the range at that revision, before limit and filters.
    public var count: Int64
    /// The limit cut the answer short.
    public var more: Bool
    /// The store's revision when the read was served.
    public var revision: Revision

    public init(count: Int64, more: Bool, revision: Revision) {
        self.count = count
        self.more = more
        self.revision = revision
    }
}

/// A whole answer by value.
public struct RangeResult: Equatable, Sendable {
    public var keyValues: [KeyValue]
    public var more: Bool
    public var count: Int64
    public var revision: Revision

    public init(keyValues: [KeyValue], more: Bool, count: Int64, revision: Revision) {
        self.keyValues = keyValues
        self.more = more
        self.count = count
        self.revision = revision
    }
}

/// One version of a key in its history.
public struct HistoryEntry: Equatable, Sendable {
    public var modRevision: Revision
    /// 0 for a deletion.
    public var createRevision: Revision
    /// 0 for a deletion.
    public var version: Int64
    public var isDeletion: Bool
    public var lease: LeaseID
    public var valueCount: Int
    /// When it was committed; milliseconds since 1970.
    public var time: Int64
}
