/// Which keys hang on which lease. A key without a lease costs nothing here.
struct LeaseAttachments {
    private var leases: [Bytes: LeaseID] = [:]
    private var keys: [LeaseID: Set<Bytes>] = [:]

    var isEmpty: Bool { leases.isEmpty }

    func lease(of key: Bytes) -> LeaseID { leases[key] ?? .none }

    func keyCount(of lease: LeaseID) -> Int { keys[lease]?.count ?? 0 }

    func keys(of lease: LeaseID) -> Set<Bytes> { keys[lease] ?? [] }

    /// The key hangs on `lease` from now on, and on no other; `.none` detaches it.
    mutating func attach(_ key: Bytes, to lease: LeaseID) {
        if let old = lease == .none
            ? leases.removeValue(forKey: key) : leases.updateValue(lease, forKey: key)
        {
            keys[old]?.remove(key)
            if keys[old]?.isEmpty == true { keys[old] = nil }
        }
        if lease != .none { keys[lease, default: []].insert(key) }
    }

    /// A lease that keys hang on although `exists` does not know it.
    func firstLease(where exists: (LeaseID) -> Bool) -> LeaseID? {
        keys.keys.first { !exists($0) }
    }
}
