import VaultSeal

/// A checksum of what changed in a span of revisions, computed in slices between which the caller
/// may do something else. Compaction leaves the span alone until the hash is gone.
///
/// It is over the content, not the sealed bytes: two vaults with the same changes have the same
/// hash, whatever their keys and clocks.
///
/// Not thread-safe: one thread at a time.
public final class KeyValueHash {
    /// What the hash was asked for, or the newest revision.
    public let revision: Revision
    /// Where the span begins: revisions up to this one are left out. -1 when nothing was compacted.
    public let compactRevision: Revision
    /// The newest revision when it began.
    public let published: Revision
    private let store: Store
    private let pinned: Revision
    private var checksum = Checksum()
    private var next: LogKey

    /// `revision`: 0 is the newest. A hash of everything takes in what compaction has left before.
    init(_ store: Store, upTo asked: Revision, isOfEverything: Bool) throws(StoreError) {
        let span = try Self.pin(asked, in: store)
        self.store = store
        pinned = span.pinned
        revision = asked.rawValue == 0 ? span.published : asked
        compactRevision = span.compacted
        published = span.published
        next = LogKey(main: isOfEverything ? 1 : span.pinned.rawValue + 1, sub: 0)
        // As etcd begins. The checksum of no bytes is 0, which clients take for no hash.
        checksum.update("key".utf8)
    }

    /// What is hashed lies behind the compacted revision: later compactions must wait.
    private static func pin(
        _ asked: Revision, in store: Store
    ) throws(StoreError) -> (pinned: Revision, compacted: Revision, published: Revision) {
        while true {
            let (published, compacted) = (store.clock.published, store.clock.compacted)
            if asked > published { throw .futureRevision(current: published) }
            if asked.rawValue > 0, asked < compacted {
                throw .compacted(oldestReadable: compacted)
            }
            if let end = store.clock.gaps.end(around: asked.rawValue) {
                throw .compacted(oldestReadable: Revision(end))
            }
            let pinned = Revision(max(compacted.rawValue, 0))
            if store.pins.pin(pinned, unless: { store.clock.compacted != compacted }) {
                return (pinned, compacted, published)
            }
        }
    }

    deinit {
        store.unpin(pinned)
    }

    /// Takes in the next records; the hash when there are no more.
    public func advance() throws(StoreError) -> UInt32? {
        try store.reading { () throws(StoreError) in
            var (records, bytes) = (0, 0)
            var isWhole = true
            let log = store.log
            try log.scan(from: next.main, sub: next.sub) { (key, sealed) throws(StoreError) in
                guard key.main <= revision.rawValue else { return false }
                guard records < Limits.hashSliceRecordsMax, bytes < Limits.hashSliceBytesMax else {
                    next = key
                    isWhole = false
                    return false
                }
                try log.cipher.withRecord(sealed, at: LogPosition(main: key.main, sub: key.sub)) {
                    (record) throws(StoreError) in take(record, key)
                }
                records += 1
                bytes += sealed.count
                return true
            }
            return isWhole ? checksum.value : nil
        }
    }

    private func take(_ record: borrowing LogRecord, _ key: LogKey) {
        checksum.update(key.main)
        checksum.update(key.sub)
        checksum.update(record.kind.rawValue)
        checksum.update(record.createRevision)
        checksum.update(record.version)
        checksum.update(record.lease)
        // With their lengths, so that no other key and value have the same bytes together.
        checksum.update(UInt32(record.key.count))
        checksum.update(record.key)
        checksum.update(UInt32(record.value.count))
        checksum.update(record.value)
    }
}

extension Store {
    /// Starts a hash of the changes behind the compacted revision, up to `revision`; 0 is the
    /// newest.
    public func hash(upTo revision: Revision) throws(StoreError) -> KeyValueHash {
        try reading { () throws(StoreError) in
            try KeyValueHash(self, upTo: revision, isOfEverything: false)
        }
    }

    /// Starts a hash of every record there is.
    public func hashOfEverything() throws(StoreError) -> KeyValueHash {
        try reading { () throws(StoreError) in
            try KeyValueHash(self, upTo: .none, isOfEverything: true)
        }
    }
}
