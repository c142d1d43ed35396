public import VaultAPI

extension VaultConnection {
    /// Keys of a range, now or at a past revision.
    public func range(
        _ request: Etcdserverpb_RangeRequest
    ) async throws(VaultClientError) -> Etcdserverpb_RangeResponse {
        try await call(Methods.KV.range, request)
    }

    /// Stores one value.
    public func put(
        _ request: Etcdserverpb_PutRequest
    ) async throws(VaultClientError) -> Etcdserverpb_PutResponse {
        try await call(Methods.KV.put, request)
    }

    /// Deletes the keys of a range.
    public func deleteRange(
        _ request: Etcdserverpb_DeleteRangeRequest
    ) async throws(VaultClientError) -> Etcdserverpb_DeleteRangeResponse {
        try await call(Methods.KV.deleteRange, request)
    }

    /// Does several things at once, depending on comparisons, or none of them.
    public func transaction(
        _ request: Etcdserverpb_TxnRequest
    ) async throws(VaultClientError) -> Etcdserverpb_TxnResponse {
        try await call(Methods.KV.txn, request)
    }

    /// Forgets what was before a revision.
    public func compact(
        _ request: Etcdserverpb_CompactionRequest
    ) async throws(VaultClientError) -> Etcdserverpb_CompactionResponse {
        try await call(Methods.KV.compact, request)
    }

    /// The state of the storage, as etcd reports it.
    public func maintenanceStatus() async throws(VaultClientError) -> Etcdserverpb_StatusResponse {
        try await call(Methods.Maintenance.status, Etcdserverpb_StatusRequest())
    }

    /// Rewrites the data file without the room that removed records left; seconds for a million.
    public func defragment() async throws(VaultClientError) {
        let _: Etcdserverpb_DefragmentResponse = try await call(
            Methods.Maintenance.defragment, Etcdserverpb_DefragmentRequest(),
            timeout: .seconds(3_600))
    }

    /// The members of the cluster; a vault on one machine has one.
    public func memberList() async throws(VaultClientError) -> Etcdserverpb_MemberListResponse {
        try await call(Methods.Cluster.memberList, Etcdserverpb_MemberListRequest())
    }
}
