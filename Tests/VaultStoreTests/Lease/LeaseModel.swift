@testable import VaultStore

/// The naive store with leases: what hangs on one is found by looking at every key.
struct LeaseModel {
    struct Lease {
        var ttl: Duration
        var deadline: Duration
        /// Its end was tried and could not be written.
        var isExpiring = false
    }

    private(set) var store = StoreModel()
    private(set) var leases: [LeaseID: Lease] = [:]
    /// Grows with everything that needs a commit.
    private(set) var changes = 0

    func keys(of id: LeaseID) -> [KeyValue] { store.range(.all).filter { $0.lease == id } }

    /// As the store lists them.
    var ids: [LeaseID] {
        leases.sorted {
            ($0.value.deadline, $0.key.rawValue) < ($1.value.deadline, $1.key.rawValue)
        }
        .map(\.key)
    }

    mutating func renew(_ id: LeaseID, at now: Duration) -> Duration? {
        guard let lease = leases[id], !lease.isExpiring, lease.deadline > now else { return nil }
        leases[id]?.deadline = now + lease.ttl
        return lease.ttl
    }

    /// - Parameter chosen: the number that the store gave where it was to choose.
    mutating func apply(
        _ request: WriteRequest, at now: Duration, chosen: LeaseID = .none
    ) throws(StoreError) -> WriteResult {
        switch request {
        case .grantLease(let wanted, let ttl):
            if ttl > .seconds(9_000_000_000) { throw .leaseTTLTooLarge }
            if leases[wanted] != nil { throw .leaseExists }
            let id = wanted == .none ? chosen : wanted
            let granted = max(ttl, .seconds(2))
            leases[id] = Lease(ttl: granted, deadline: now + granted)
            changes += 1
            return .leaseGranted(LeaseGrant(id: id, ttl: granted, revision: revision))
        case .revokeLease(let id):
            guard leases.removeValue(forKey: id) != nil else { throw .leaseNotFound }
            store.delete(keysOf: id)
            changes += 1
            return .leaseRevoked(revision: revision)
        case .put(let put):
            try check(put, leaseFirst: true)
            store.put(all: [resolved(put)])
            changes += 1
            return .put(PutResult(revision: revision))
        case .delete(let delete):
            let gone = store.delete(delete.range)
            if !gone.isEmpty { changes += 1 }
            return .delete(DeleteResult(revision: revision, deleted: Int64(gone.count)))
        case .transaction(let transaction):
            var puts: [(key: Bytes, value: Bytes, lease: LeaseID)] = []
            for case .put(let put) in transaction.success {
                try check(put, leaseFirst: false)
                puts.append(resolved(put))
            }
            store.put(all: puts)
            changes += 1
            let results = puts.map { _ in
                OperationResult.put(PutResult(revision: revision))
            }
            return .transaction(
                TransactionResult(revision: revision, succeeded: true, results: results))
        case .compact(let floor, _):
            store.compact(to: floor.rawValue)
            changes += 1
            return .compact(revision: revision)
        case .tidy:
            return .tidy
        case .alarm, .replaceAccess, .noteKeyring, .noteAudit, .destroy, .accept, .noteBackup:
            preconditionFailure("the model has neither alarms nor rules")
        }
    }

    private var revision: Revision { Revision(store.revision) }

    private func check(_ put: PutOperation, leaseFirst: Bool) throws(StoreError) {
        let hasLease = put.lease == .none || leases[put.lease] != nil
        if leaseFirst, !hasLease { throw .leaseNotFound }
        if put.ignoresLease, store.get(put.key) == nil { throw .keyNotFound }
        if !hasLease { throw .leaseNotFound }
    }

    private func resolved(_ put: PutOperation) -> (key: Bytes, value: Bytes, lease: LeaseID) {
        let lease = put.ignoresLease ? store.get(put.key)?.lease ?? .none : put.lease
        return (put.key, put.value, lease)
    }

    /// The writer looks at the leases.
    mutating func expire(at now: Duration, isDiskFull: Bool) {
        for id in ids {
            guard let lease = leases[id], lease.deadline <= now else { continue }
            if isDiskFull {
                leases[id]?.isExpiring = true
                leases[id]?.deadline = now + .seconds(1)
            } else {
                leases[id] = nil
                store.delete(keysOf: id)
                changes += 1
            }
        }
    }

    mutating func restart(at now: Duration) {
        for (id, lease) in leases { leases[id] = Lease(ttl: lease.ttl, deadline: now + lease.ttl) }
    }
}
