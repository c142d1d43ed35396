internal import FoundationEssentials
public import VaultAPI

/// Other keys for the vault (`vault.v1.KeyRotation`).
extension VaultConnection {
    /// A new data key and, when `root` is set, a new root key.
    public func rotate(root: Bool) async throws(VaultClientError) -> Vault_V1_RotateResponse {
        var request = Vault_V1_RotateRequest()
        request.root = root
        return try await call(Methods.KeyRotation.rotate, request)
    }

    /// Begins to seal older records again, or follows what is under way, until it is over. Gives
    /// the last report, which says what is under which key.
    public func rewrap(
        _ request: Vault_V1_RewrapRequest,
        progress: (Vault_V1_RewrapProgress) -> Void = { _ in }
    ) async throws(VaultClientError) -> Vault_V1_RewrapProgress {
        var last: Vault_V1_RewrapProgress?
        try await call(Methods.KeyRotation.rewrap, request) { (report: Vault_V1_RewrapProgress) in
            if report.finished { last = report }
            progress(report)
        }
        guard let last else {
            throw VaultClientError(
                .other, "the vault stopped reporting before the rewrap was over",
                nextStep: "see 'vaultctl rewrap --status'")
        }
        return last
    }

    /// What there is to seal again, or being sealed.
    public func rewrapStatus() async throws(VaultClientError) -> Vault_V1_RewrapProgress {
        try await call(Methods.KeyRotation.rewrapStatus, Vault_V1_RewrapStatusRequest())
    }

    /// Removes every version of a key, history included.
    public func destroy(
        _ key: [UInt8]
    ) async throws(VaultClientError) -> Vault_V1_DestroyResponse {
        var request = Vault_V1_DestroyRequest()
        request.key = Data(key)
        return try await call(Methods.KeyRotation.destroy, request)
    }
}
