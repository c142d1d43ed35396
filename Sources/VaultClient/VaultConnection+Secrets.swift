internal import FoundationEssentials
internal import VaultAPI

extension VaultConnection {
    /// The value of one key.
    ///
    /// - Parameters:
    ///   - key: the key's name.
    ///   - revision: a past revision; 0 for the current one.
    /// - Returns: nil when the key does not exist (at that revision).
    public func value(
        of key: String, revision: Int64 = 0
    ) async throws(VaultClientError) -> Secret? {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key.utf8)
        request.revision = revision
        let response = try await range(request)
        return response.kvs.first.map {
            Secret(value: [UInt8]($0.value), revision: $0.modRevision, version: $0.version)
        }
    }

    /// Stores a value; durable when it returns.
    ///
    /// - Returns: the revision of the change.
    @discardableResult
    public func put(_ key: String, value: [UInt8]) async throws(VaultClientError) -> Int64 {
        var request = Etcdserverpb_PutRequest()
        request.key = Data(key.utf8)
        request.value = Data(value)
        return try await put(request).header.revision
    }

    /// Deletes one key.
    ///
    /// - Returns: false when there was no such key.
    @discardableResult
    public func delete(_ key: String) async throws(VaultClientError) -> Bool {
        var request = Etcdserverpb_DeleteRangeRequest()
        request.key = Data(key.utf8)
        return try await deleteRange(request).deleted > 0
    }
}
