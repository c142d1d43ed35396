internal import FoundationEssentials
public import VaultAPI

extension VaultConnection {
    /// What stands for a key in the audit log.
    public func auditHash(of key: [UInt8]) async throws(VaultClientError) -> String {
        var request = Vault_V1_HashKeyRequest()
        request.key = Data(key)
        let response: Vault_V1_HashKeyResponse = try await call(Methods.Audit.hashKey, request)
        return response.hash
    }

    /// How the audit log is; answers in every state of the vault.
    public func auditState() async throws(VaultClientError) -> Vault_V1_AuditStateResponse {
        try await call(Methods.Audit.state, Vault_V1_AuditStateRequest())
    }

    /// Goes on in a new file after the log was removed, replaced or cut.
    ///
    /// - Returns: the number of the line that the log goes on with.
    public func auditResume() async throws(VaultClientError) -> UInt64 {
        let response: Vault_V1_ResumeResponse = try await call(
            Methods.Audit.resume, Vault_V1_ResumeRequest())
        return response.sequence
    }
}
