/// What needs no write: answered from memory, on the caller's thread.
extension Store {
    /// Gives a lease its whole granted time again, and returns it; nil when there is no such lease
    /// or its time was up, even where its keys are still to be deleted.
    ///
    /// A renewal is not written down: after a restart every lease has its whole time anyway.
    public func renew(_ id: LeaseID) throws(StoreError) -> Duration? {
        try reading { leases.renew(id) }
    }

    /// How long a lease has, and with `wantsKeys` what hangs on it; nil when there is none.
    public func timeToLive(
        of id: LeaseID, wantsKeys: Bool
    ) throws(StoreError) -> LeaseTimeToLive? {
        try reading { leases.timeToLive(of: id, wantsKeys: wantsKeys) }
    }

    /// What hangs on a lease; nothing when there is none.
    public func keys(of id: LeaseID) throws(StoreError) -> SortedKeys {
        try reading { leases.keys(of: id) }
    }

    /// Every lease; those that are over first come first. Those about to end are among them.
    public func leaseIDs() throws(StoreError) -> [LeaseID] {
        try reading { leases.ids }
    }

    public func leaseCount() throws(StoreError) -> Int {
        try reading { leases.count }
    }
}
