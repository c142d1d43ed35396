internal import FoundationEssentials
public import VaultAPI

extension VaultConnection {
    /// The state of the vault; answers also while it is sealed or not initialised.
    public func status() async throws(VaultClientError) -> Vault_V1_StatusResponse {
        try await call(Methods.Vault.status, Vault_V1_StatusRequest())
    }

    /// Creates the keys of an empty vault. Deriving a key from a passphrase takes seconds.
    public func initialize(
        _ request: Vault_V1_InitRequest
    ) async throws(VaultClientError) -> Vault_V1_InitResponse {
        // Argon2id on a loaded machine, then the first files: no answer in time would leave it
        // unclear whether the vault has its keys.
        try await call(Methods.Vault.initialize, request, timeout: .seconds(300))
    }

    /// Opens the vault; every record is verified before it answers.
    ///
    /// - Parameters:
    ///   - request: one credential.
    ///   - progress: called for each report; the last one has `finished` set.
    /// - Returns: the status of the opened vault.
    /// - Throws: `.wrongKey`, `.damaged`, `.alreadyDone`, `.notInitialized` and others.
    public func unseal(
        _ request: Vault_V1_UnsealRequest,
        progress: (Vault_V1_UnsealProgress) -> Void = { _ in }
    ) async throws(VaultClientError) -> Vault_V1_StatusResponse {
        var status: Vault_V1_StatusResponse?
        try await call(Methods.Vault.unseal, request) { (report: Vault_V1_UnsealProgress) in
            if report.finished { status = report.status }
            progress(report)
        }
        guard let status else {
            throw VaultClientError(
                .other, "the vault stopped reporting before it was unsealed",
                nextStep: "see 'vaultctl status' and the log of vaultd")
        }
        return status
    }

    /// Makes the vault forget its keys.
    public func seal() async throws(VaultClientError) {
        let _: Vault_V1_SealResponse = try await call(
            Methods.Vault.seal, Vault_V1_SealRequest())
    }

    /// Every change of one key that compaction has not dropped, newest first.
    public func history(of key: [UInt8]) async throws(VaultClientError) -> Vault_V1_HistoryResponse
    {
        var request = Vault_V1_HistoryRequest()
        request.key = Data(key)
        return try await call(Methods.Vault.history, request)
    }

    /// One of the values that `history` names, also when a read at its revision is refused.
    public func version(
        of key: [UInt8], at revision: Int64
    ) async throws(VaultClientError) -> Vault_V1_VersionResponse {
        var request = Vault_V1_VersionRequest()
        request.key = Data(key)
        request.revision = revision
        return try await call(Methods.Vault.version, request)
    }
}
