import VaultStore

/// A `WatchResponse`, encoded by hand: many small ones leave for each change that is watched.
struct WatchResponseEncoding {
    private let header: ResponseHeader
    private let revision: Int64
    private let headerCount: Int
    private let watchID: Int64
    private let isCreated: Bool
    private let isCancelled: Bool
    private let compactRevision: Int64
    private let cancelReason: String
    var isFragment = false
    /// An event that comes alone, as most do: it needs no array. Before `events`.
    var event: Bytes = []
    /// Each with its tag and length, as `WatchEventEncoding` makes it.
    var events: ArraySlice<Bytes> = []

    init(
        _ header: ResponseHeader, _ revision: Revision, watchID: Int64, isCreated: Bool = false,
        isCancelled: Bool = false, compactRevision: Revision = .none, cancelReason: String = ""
    ) {
        self.header = header
        self.revision = revision.rawValue
        headerCount = header.contentCount(revision: revision.rawValue)
        self.watchID = watchID
        self.isCreated = isCreated
        self.isCancelled = isCancelled
        self.compactRevision = compactRevision.rawValue
        self.cancelReason = cancelReason
    }

    /// Bytes of the encoding.
    var count: Int {
        2 + headerCount + WireSize.number(watchID) + WireSize.number(isCreated ? 1 : 0)
            + WireSize.number(isCancelled ? 1 : 0) + WireSize.number(compactRevision)
            + WireSize.bytes(cancelReason.utf8.count) + WireSize.number(isFragment ? 1 : 0)
            + event.count + events.reduce(0) { $0 + $1.count }
    }

    /// Fills `output`, which has `count` bytes.
    func write(to output: UnsafeMutableRawBufferPointer) {
        guard let base = output.baseAddress else { return }
        var fields = RawFields(base)
        header.write(revision: revision, contentCount: headerCount, to: &fields)
        fields.number(2, watchID)
        fields.number(3, isCreated ? 1 : 0)
        fields.number(4, isCancelled ? 1 : 0)
        fields.number(5, compactRevision)
        Array(cancelReason.utf8).withUnsafeBytes { fields.bytes(6, $0) }
        fields.number(7, isFragment ? 1 : 0)
        event.withUnsafeBytes { fields.raw($0) }
        for event in events { event.withUnsafeBytes { fields.raw($0) } }
    }
}
