public import VaultAPI

extension VaultConnection {
    /// What the running daemon finds of itself; answers in every state of the vault.
    public func check() async throws(VaultClientError) -> [Vault_V1_Finding] {
        let response: Vault_V1_CheckResponse = try await call(
            Methods.Integrity.check, Vault_V1_CheckRequest())
        return response.findings
    }
}
