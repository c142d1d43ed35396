public import VaultAPI

extension VaultConnection {
    /// Makes a lease; its number is chosen by the vault when the request has none.
    public func leaseGrant(
        _ request: Etcdserverpb_LeaseGrantRequest
    ) async throws(VaultClientError) -> Etcdserverpb_LeaseGrantResponse {
        try await call(Methods.Lease.leaseGrant, request)
    }

    /// Ends a lease and deletes the keys on it.
    public func leaseRevoke(
        _ request: Etcdserverpb_LeaseRevokeRequest
    ) async throws(VaultClientError) -> Etcdserverpb_LeaseRevokeResponse {
        try await call(Methods.Lease.leaseRevoke, request)
    }

    /// What is left of a lease: minus one second when there is none.
    public func leaseTimeToLive(
        _ request: Etcdserverpb_LeaseTimeToLiveRequest
    ) async throws(VaultClientError) -> Etcdserverpb_LeaseTimeToLiveResponse {
        try await call(Methods.Lease.leaseTimeToLive, request)
    }

    /// The numbers of all leases.
    public func leaseLeases() async throws(VaultClientError) -> Etcdserverpb_LeaseLeasesResponse {
        try await call(Methods.Lease.leaseLeases, Etcdserverpb_LeaseLeasesRequest())
    }

    /// Renews a lease, then again whenever a third of its time has passed, until it is over, or
    /// `renewed` returns false, or the task is cancelled.
    ///
    /// - Parameter renewed: called after each renewal with the whole seconds that the lease has
    ///   from then on: none when it is over or never was.
    public func keepAlive(
        lease: Int64, renewed: (_ seconds: Int64) throws -> Bool
    ) async throws(VaultClientError) {
        var request = Etcdserverpb_LeaseKeepAliveRequest()
        request.id = lease
        try await converse(Methods.Lease.leaseKeepAlive, request) {
            (answer: Etcdserverpb_LeaseKeepAliveResponse) in
            guard try renewed(answer.ttl), answer.ttl > 0 else { return nil }
            return .seconds(answer.ttl) / 3
        }
    }
}
