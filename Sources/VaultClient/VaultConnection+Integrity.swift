public import VaultAPI

extension VaultConnection {
    /// Verifies every record of the vault while it goes on; a damaged vault is an answer.
    ///
    /// - Parameter progress: called for each report but the last.
    public func verify(
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(VaultClientError) -> Vault_V1_DamageReport {
        var result: Vault_V1_DamageReport?
        try await call(Methods.Integrity.verify, Vault_V1_VerifyRequest()) {
            (report: Vault_V1_VerifyProgress) in
            if report.finished {
                result = report.report
            } else {
                progress(report.done, report.total)
            }
        }
        guard let result else {
            throw VaultClientError(
                .other, "the vault stopped reporting before everything was verified",
                nextStep: "see 'vaultctl status' and the log of vaultd")
        }
        return result
    }

    /// What was damaged when the vault was opened with damage accepted.
    public func damage() async throws(VaultClientError) -> Vault_V1_DamageReport {
        try await call(Methods.Integrity.damage, Vault_V1_DamageRequest())
    }
}
