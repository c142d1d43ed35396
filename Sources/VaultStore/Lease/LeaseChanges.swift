/// What a batch that is not yet durable does to leases: laid over the registry, which learns of it
/// only when the batch is published. To undo it is to forget it.
struct LeaseChanges {
    /// Granted and not revoked again.
    private(set) var granted: [LeaseID: Duration] = [:]
    /// Durable ones that the batch revokes.
    private(set) var revoked: Set<LeaseID> = []
    /// Keys whose lease changed; `.none` hangs on none.
    private(set) var attached: [Bytes: LeaseID] = [:]
    /// The keys of `attached` by lease.
    private var gained: [LeaseID: Set<Bytes>] = [:]
    private let registry: LeaseRegistry
    /// Without leased keys a put need not look for one.
    private let registryHasKeys: Bool

    init(over registry: LeaseRegistry) {
        self.registry = registry
        registryHasKeys = registry.hasKeys
    }

    var isEmpty: Bool { granted.isEmpty && revoked.isEmpty && attached.isEmpty }
    var count: Int { registry.count + granted.count - revoked.count }

    func contains(_ id: LeaseID) -> Bool {
        granted[id] != nil || (!revoked.contains(id) && registry.contains(id))
    }

    /// The batch revoked the durable lease of this number, whether it granted it anew or not.
    func isRevoked(_ id: LeaseID) -> Bool { revoked.contains(id) }

    /// In the order in which they are deleted.
    func keys(of id: LeaseID) -> [Bytes] {
        var keys = registry.keys(of: id).all.filter { attached[$0] == nil }
        // Those have changed, so none of them is there already.
        if let gained = gained[id] {
            keys += gained
            if keys.count > 1 { keys.sort { $0.precedes($1) } }
        }
        return keys
    }

    mutating func grant(_ id: LeaseID, ttl: Duration) {
        granted[id] = ttl
    }

    /// Its keys must be gone already.
    mutating func revoke(_ id: LeaseID) {
        granted[id] = nil
        if registry.contains(id) { revoked.insert(id) }
    }

    /// A key was written with `lease`, or with `.none` for none or a deletion.
    mutating func attach(_ key: Bytes, to lease: LeaseID) {
        if lease == .none && attached.isEmpty && !registryHasKeys { return }
        if let old = attached[key] {
            gained[old]?.remove(key)
        } else if registry.lease(of: key) == lease {
            return
        }
        attached[key] = lease
        if lease != .none { gained[lease, default: []].insert(key) }
    }
}
