/// Which keys hang on which lease. A key without a lease costs nothing here.
struct LeaseAttachments {
    private var leases: [Bytes: LeaseID] = [:]
    private var keys: [LeaseID: SortedKeys] = [:]

    var isEmpty: Bool { leases.isEmpty }

    func lease(of key: Bytes) -> LeaseID { leases[key] ?? .none }

    func keyCount(of lease: LeaseID) -> Int { keys[lease]?.count ?? 0 }

    func keys(of lease: LeaseID) -> SortedKeys { keys[lease] ?? SortedKeys() }

    /// The key hangs on `lease` from now on, and on no other; `.none` detaches it.
    mutating func attach(_ key: Bytes, to lease: LeaseID) {
        if let old = lease == .none
            ? leases.removeValue(forKey: key) : leases.updateValue(lease, forKey: key)
        {
            drop(key, from: old)
        }
        if lease != .none { keys[lease, default: SortedKeys()].insert(key) }
    }

    private mutating func drop(_ key: Bytes, from lease: LeaseID) {
        guard let place = keys.index(forKey: lease) else { return }
        // Mostly the only one: a set that is gone need not be searched.
        if keys.values[place].count > 1 {
            keys.values[place].remove(key)
        } else {
            keys.remove(at: place)
        }
    }

    /// A lease that keys hang on although `exists` does not know it.
    func firstLease(where exists: (LeaseID) -> Bool) -> LeaseID? {
        keys.keys.first { !exists($0) }
    }
}
