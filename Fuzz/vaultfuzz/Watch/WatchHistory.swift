@testable import VaultStore

/// Every change of a small store, kept beside it in the plainest way.
struct WatchHistory {
    struct Change {
        var revision: Int64
        var key: Bytes
        /// nil for a deletion.
        var value: Bytes?
        var created: Int64
        var version: Int64
        /// What was there before, by its place in `changes`.
        var previous: Int?
    }

    private(set) var changes: [Change] = []
    private(set) var compacted: Int64 = 0
    /// The places of what is there now.
    private var live: [Bytes: Int] = [:]

    /// The keys of one revision, which are put or deleted.
    private mutating func add(_ key: Bytes, _ value: Bytes?, at revision: Int64) {
        let previous = live[key]
        let before = previous.map { changes[$0] }
        changes.append(
            Change(
                revision: revision, key: key, value: value,
                created: value == nil ? 0 : before?.created ?? revision,
                version: value == nil ? 0 : (before?.version ?? 0) + 1, previous: previous))
        live[key] = value == nil ? nil : changes.count - 1
    }

    /// Puts all of them, in one revision.
    mutating func put(_ keys: [Bytes], _ value: Bytes, in store: Store) throws(StoreError) {
        guard !keys.isEmpty else { return }
        var transaction = Transaction()
        transaction.success = keys.map { Operation.put(PutOperation(key: $0, value: value)) }
        _ = try store.write(.transaction(transaction))
        for key in keys { add(key, value, at: store.revision.rawValue) }
    }

    mutating func delete(_ range: KeyRange, in store: Store) throws(StoreError) {
        let before = store.revision
        _ = try store.write(.delete(DeleteOperation(range: range)))
        let keys = live.keys.filter(range.contains).sorted { $0.lexicographicallyPrecedes($1) }
        precondition((store.revision != before) == !keys.isEmpty, "what is there is deleted")
        for key in keys { add(key, nil, at: store.revision.rawValue) }
    }

    /// Passes over what cannot be compacted.
    mutating func compact(_ revision: Int64, physical: Bool, in store: Store) throws(StoreError) {
        do throws(StoreError) {
            _ = try store.write(.compact(Revision(revision), physical: physical))
        } catch {
            switch error {
            case .compacted, .futureRevision: return
            default: throw error
            }
        }
        compacted = max(compacted, revision)
    }
}
