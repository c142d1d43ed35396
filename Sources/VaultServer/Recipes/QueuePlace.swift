import RPC
import VaultStore

/// A client's place in a queue for a lock or an office: the key "NAME/LEASE", which lives as long
/// as the lease. The oldest key of a name has the turn. As etcd's clients do it, so that they and
/// these calls stand in the same queue.
struct QueuePlace: Sendable {
    let name: Bytes
    let key: Bytes
    let lease: LeaseID
    /// When the place was taken.
    let revision: Revision

    init(name: Bytes, key: Bytes, lease: LeaseID, revision: Revision) {
        self.name = name
        self.key = key
        self.lease = lease
        self.revision = revision
    }

    /// Every place in the queue.
    static func range(of name: Bytes) -> KeyRange { .prefix(name + Bytes("/".utf8)) }

    /// Takes a place, or finds the one that the lease has already; then `previous` is what it says.
    static func take(
        _ name: Bytes, value: Bytes, lease: LeaseID, in session: StoreSession
    ) async throws(Status) -> (place: QueuePlace, previous: KeyValue?) {
        let number = String(UInt64(bitPattern: lease.rawValue), radix: 16)
        let key = name + Bytes("/\(number)".utf8)
        var put = PutOperation(key: key, value: value)
        put.lease = lease
        let result = try await session.transaction(
            Transaction(
                comparisons: [
                    Comparison(
                        range: KeyRange(key: key), outcome: .equal, target: .createRevision(0))
                ],
                success: [.put(put)], failure: [.range(RangeQuery(range: KeyRange(key: key)))]))
        var previous: KeyValue?
        if case .range(let found)? = result.results.first { previous = found.keyValues.first }
        let place = QueuePlace(
            name: name, key: key, lease: lease,
            revision: previous?.createRevision ?? result.revision)
        return (place, previous)
    }

    /// Returns when every older place is gone, with the store's revision then. Refuses when
    /// `rights` to stand here are gone before.
    func waitForTurn(
        in session: StoreSession, by rights: QueueRights
    ) async throws(Status) -> Revision {
        let range = Self.range(of: name)
        var query = RangeQuery(range: range)
        query.maxCreateRevision = Revision(revision.rawValue - 1)
        query.sortOrder = .descending
        query.sortTarget = .createRevision
        query.keysOnly = true
        query.limit = 1
        while true {
            try await rights.check(range)
            let older = try await session.range(query)
            try await checkIsHeld(in: session)
            guard let before = older.keyValues.first else {
                try await rights.check(range)
                return older.revision
            }
            try await waitForDeletion(
                of: [before.key, key], after: older.revision, in: session, by: rights)
        }
    }

    /// The lease may have ended, and the place with it.
    private func checkIsHeld(in session: StoreSession) async throws(Status) {
        var query = RangeQuery(range: KeyRange(key: key))
        query.keysOnly = true
        let found = try await session.range(query)
        guard found.keyValues.first?.createRevision == revision else {
            throw Status(.unknown, "mutex: session is expired")
        }
    }

    private func waitForDeletion(
        of keys: [Bytes], after revision: Revision, in session: StoreSession,
        by rights: QueueRights
    ) async throws(Status) {
        let watch: (signal: ChangeSignal, stream: WatchStream)
        do throws(StoreError) {
            watch = try ChangeSignal.watching(
                keys.map { KeyRange(key: $0) }, from: Revision(revision.rawValue + 1),
                deletionsOnly: true, in: session.store)
        } catch {
            throw StatusTable.sealed
        }
        defer { watch.stream.close() }
        let signal = watch.signal
        rights.onChange { signal.look() }
        defer { rights.onChange(nil) }
        // nil: the task was cancelled, because the client is gone.
        for await ending in signal.endings {
            switch ending {
            case .changed: return
            case .closed: throw StatusTable.sealed
            case .refused: throw StatusTable.tooManyRequests
            }
        }
        throw Status.cancelled
    }

    /// Gives the place up, if it is still the same.
    func leave(in session: StoreSession) async throws(Status) -> Revision {
        let result = try await session.transaction(
            Transaction(
                comparisons: [isSame],
                success: [.delete(DeleteOperation(range: KeyRange(key: key)))]))
        return result.revision
    }

    /// The place was not lost meanwhile.
    var isSame: Comparison {
        Comparison(
            range: KeyRange(key: key), outcome: .equal,
            target: .createRevision(revision.rawValue))
    }
}
