internal import FoundationEssentials
internal import NIOCore
public import VaultAPI

/// Archives (`vault.v1.Backup`).
extension VaultConnection {
    /// Has the vault make an archive; its bytes come in order.
    ///
    /// - Parameters:
    ///   - since: the footer of the archive to continue; empty for everything.
    ///   - canary: plant a key that drills look for.
    ///   - audit: put lines of the audit log into it.
    ///   - receive: takes the next bytes, and how many records the vault had at the start (0 but
    ///     with the first). What it throws ends the archive and is thrown here.
    public func createArchive(
        since: [UInt8] = [], canary: Bool = false, audit: Bool = false,
        receive: (_ bytes: UnsafeRawBufferPointer, _ records: UInt64) throws -> Void
    ) async throws {
        var request = Vault_V1_CreateArchiveRequest()
        request.since = Data(since)
        request.canary = canary
        request.audit = audit
        var failure: (any Error)?
        do throws(VaultClientError) {
            // An archive is encrypted, and its key is not here.
            try await call(Methods.Backup.create, request, recyclesMessages: true) { answer in
                do {
                    try Self.lend(answer, to: receive)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            throw failure ?? error
        }
    }

    /// Lends the bytes of an archive right where they came in.
    private static func lend(
        _ answer: ByteBuffer, to receive: (UnsafeRawBufferPointer, UInt64) throws -> Void
    ) throws {
        let isTaken = try answer.withUnsafeReadableBytes { message in
            guard let piece = ArchivePiece(message) else { return false }
            try receive(UnsafeRawBufferPointer(rebasing: message[piece.bytes]), piece.records)
            return true
        }
        guard !isTaken else { return }
        let blob: Vault_V1_ArchiveBlob = try decode(answer)
        try blob.blob.withUnsafeBytes { try receive($0, blob.records) }
    }

    /// Tells the vault that the archive with that footer lies durable where it belongs.
    public func confirmArchive(footer: [UInt8]) async throws(VaultClientError) {
        var request = Vault_V1_ConfirmArchiveRequest()
        request.footer = Data(footer)
        let _: Vault_V1_ConfirmArchiveResponse = try await call(Methods.Backup.confirm, request)
    }

    /// What the vault knows of its archives.
    public func backupState() async throws(VaultClientError) -> Vault_V1_BackupStateResponse {
        try await call(Methods.Backup.state, Vault_V1_BackupStateRequest())
    }

    /// Ends the quarantine of a restored vault; returns its revision.
    public func accept() async throws(VaultClientError) -> Int64 {
        let response: Vault_V1_AcceptResponse = try await call(
            Methods.Backup.accept, Vault_V1_AcceptRequest())
        return response.revision
    }
}
