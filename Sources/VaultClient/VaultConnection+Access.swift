public import VaultAPI

extension VaultConnection {
    /// What the vault sees of the caller. Answers also while it is sealed, with less.
    public func whoAmI() async throws(VaultClientError) -> Vault_V1_WhoAmIResponse {
        try await call(Methods.Access.whoAmI, Vault_V1_WhoAmIRequest())
    }

    /// Gives a principal a permission; makes its user and its role where they are missing.
    public func allow(
        _ request: Vault_V1_AllowRequest
    ) async throws(VaultClientError) -> Vault_V1_AllowResponse {
        try await call(Methods.Access.allow, request)
    }

    /// Takes a permission of exactly that range back.
    public func deny(
        _ request: Vault_V1_DenyRequest
    ) async throws(VaultClientError) -> Vault_V1_DenyResponse {
        try await call(Methods.Access.deny, request)
    }

    /// Whether somebody may do something, and which rules decide it.
    public func explain(
        _ request: Vault_V1_ExplainRequest
    ) async throws(VaultClientError) -> Vault_V1_ExplainResponse {
        try await call(Methods.Access.explain, request)
    }
}
