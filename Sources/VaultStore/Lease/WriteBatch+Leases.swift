import VaultSeal

extension WriteBatch {
    /// etcd's order: space, then the time, then the id.
    mutating func grant(_ wanted: LeaseID, ttl: Duration) throws(StoreError) -> LeaseGrant {
        try checkSpace(for: Limits.quotaBytesPerLease)
        guard ttl <= Limits.leaseTTLMax else { throw .leaseTTLTooLarge }
        if leases.contains(wanted) { throw .leaseExists }
        guard leases.count < Limits.leasesMax else { throw .tooManyLeases }
        var id = wanted
        while id == .none || (wanted == .none && leases.contains(id)) {
            id = LeaseID(Int64.random(in: 1...Int64.max))
        }
        let granted = max(ttl, Limits.leaseTTLMin)
        let record = LeaseRecord(ttlSeconds: granted.secondsRoundedUp)
        do throws(StoreError) {
            let written = try log.put(record, of: id, into: &transaction)
            usedBytes += Int64(written.bytes)
            head.stateHash?.add(written.digest)
        } catch { throw spoil(error) }
        head.leaseCount += 1
        changesHead = true
        leases.grant(id, ttl: .seconds(record.ttlSeconds))
        return LeaseGrant(
            id: id, ttl: .seconds(record.ttlSeconds), revision: Revision(head.currentRevision))
    }

    /// Ends a lease and deletes what hangs on it, as one revision; without keys there is none.
    mutating func revoke(_ id: LeaseID) throws(StoreError) -> Revision {
        guard leases.contains(id) else { throw .leaseNotFound }
        let change = Change(main: head.currentRevision + 1)
        for key in leases.keys(of: id) {
            try append(
                key, [], createRevision: 0, version: 0, lease: .none,
                at: change.next(isTombstone: true))
        }
        do throws(StoreError) {
            let removed = try log.removeLease(id, from: &transaction)
            usedBytes -= Int64(removed.bytes)
            head.stateHash?.subtract(removed.digest)
        } catch { throw spoil(error) }
        head.leaseCount -= 1
        changesHead = true
        leases.revoke(id)
        finish(change)
        return Revision(head.currentRevision)
    }

    /// Ends leases whose time is up, after all requests of the batch: one that a request revoked is
    /// gone, and what bears its number now is another. A failure spoils the batch.
    mutating func end(_ expired: [LeaseID]) {
        for id in expired where !leases.isRevoked(id) {
            do throws(StoreError) {
                _ = try revoke(id)
            } catch {
                _ = spoil(error)
                return
            }
        }
    }
}
