import Glibc
import Logging
import NIOCore
import RPC
import Sodium
import Synchronization
import VaultAPI
import VaultAccess
import VaultBackup
import VaultSeal
import VaultStore

/// `vault.v1.Backup`: archives of the vault, made while it serves.
final class BackupService: Sendable {
    private let vault: Vault

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        [
            .stream(Methods.Backup.create.path) { BackupCall(call: $0, service: self) },
            .unary(Methods.Backup.confirm.path) { self.confirm($0, $1) },
            .unary(Methods.Backup.state.path) { self.state($0, $1) },
            .unary(Methods.Backup.accept.path) { self.accept($0, $1) },
        ]
    }

    // MARK: - Create

    /// Makes an archive on the backup thread, one at a time.
    func create(
        _ request: Vault_V1_CreateArchiveRequest, _ call: StreamCall, _ outlet: ArchiveOutlet
    ) {
        let isAccepted = vault.backupThread.submit {
            do throws(VaultError) {
                try self.make(request, outlet)
                call.finish(.ok)
            } catch {
                if case .store(let error) = error {
                    return call.finish(self.vault.refusal(for: error))
                }
                call.finish(StatusTable.status(of: error))
            }
        }
        if !isAccepted { call.finish(StatusTable.backupUnderWay) }
    }

    private func make(
        _ request: Vault_V1_CreateArchiveRequest, _ outlet: ArchiveOutlet
    ) throws(VaultError) {
        let open = try vault.open()
        guard !open.store.isReadOnly else { throw .store(.readOnly) }
        let (keys, keyring) = try Self.keys(of: open)
        let since = [UInt8](request.since)
        let parent = since.isEmpty ? nil : try Self.parent(since, keys, open)
        let mark = try Self.mark(of: open)
        let none = [UInt8](repeating: 0, count: 32)
        var identity = ArchiveIdentity(
            archiveID: Random.bytes(count: 16), storeID: open.cipher.storeID,
            timeline: open.cipher.timeline, keyNumber: keys.newest,
            sequence: (mark?.sequence ?? 0) + 1, created: CalendarClock.now() / 1_000,
            afterRevision: parent?.lastRevision ?? -1, parent: parent?.digest ?? none,
            previous: mark?.digest ?? none)
        // A vault that is full can be backed up all the same; the drill then has no canary.
        if request.canary { identity.hasCanary = try Self.plantCanary(identity, keys, open.store) }
        identity.hasAudit = request.audit
        outlet.announce(records: UInt64(max(open.store.status().recordCount, 0)))
        do throws(StoreError) {
            let footer = try ArchiveWriter.write(
                open.store, header: ArchiveHeader(identity: identity, keyring: keyring),
                keys: keys, parent: parent, audit: { self.auditPosition() },
                auditLines: { (after, upTo, take) throws(StoreError) in
                    try self.readAudit(after: after, upTo: upTo, take)
                },
                isCancelled: { outlet.isCancelled || open.isClosing.load(ordering: .relaxed) },
                willEnd: { (footer) throws(StoreError) in
                    var mark = mark ?? BackupMark(sequence: 1, digest: footer.digest)
                    (mark.sequence, mark.digest) = (footer.identity.sequence, footer.digest)
                    _ = try open.store.write(.noteBackup(mark))
                },
                to: { (bytes) throws(StoreError) in try outlet.send(bytes) })
            vault.logger.info(
                "made an archive",
                metadata: [
                    "sequence": "\(footer.identity.sequence)",
                    "revision": "\(footer.lastRevision)", "records": "\(footer.recordCount)",
                ])
        } catch {
            throw .store(error)
        }
    }

    /// A signed key that this archive has and no other: a drill looks for it, and for older ones.
    /// False when there is no room for it.
    private static func plantCanary(
        _ identity: ArchiveIdentity, _ keys: ArchiveKeys, _ store: Store
    ) throws(VaultError) -> Bool {
        let signature: [UInt8]
        do throws(SealError) {
            signature = try keys.sign(
                Canary.message(identity), parent: identity.keyNumber
            ).signature
        } catch { throw .seal(error) }
        let prefix = Bytes(DrillSample.canaryPrefix.utf8)
        let old = KeyRange(
            key: prefix, rangeEnd: prefix.dropLast() + [(prefix.last ?? 0) + 1])
        do throws(StoreError) {
            _ = try store.write(.delete(DeleteOperation(range: old)))
            _ = try store.write(
                .put(
                    PutOperation(
                        key: Canary.key(sequence: identity.sequence),
                        value: Canary.value(signature: signature))))
            return true
        } catch .noSpace {
            return false
        } catch { throw .store(error) }
    }

    private func auditPosition() -> (sequence: UInt64, hash: [UInt8]) {
        guard let position = vault.trail.log?.position else {
            return (0, [UInt8](repeating: 0, count: 32))
        }
        return (position.sequence, Self.bytes(position.hash))
    }

    /// The lines of the audit log behind one number up to another, out of its files.
    private func readAudit(
        after: UInt64, upTo: UInt64,
        _ take: (UInt64, UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) {
        var failure: StoreError?
        do throws(AuditError) {
            try AuditExport.read(vault.trail.directory, after: after, upTo: upTo) { first, lines in
                do throws(StoreError) { try take(first, lines) } catch { failure = error }
                return failure == nil
            }
        } catch { throw failure ?? .storage("the audit log cannot be read: \(error)") }
        if let failure { throw failure }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for (index, digit) in hexadecimal.utf8.prefix(64).enumerated() {
            let value = digit < UInt8(ascii: "a") ? digit & 15 : digit - UInt8(ascii: "a") + 10
            bytes[index / 2] = bytes[index / 2] << 4 | value & 15
        }
        return bytes
    }

    private static func keys(
        of open: OpenVault
    ) throws(VaultError) -> (keys: ArchiveKeys, keyring: [UInt8]) {
        do throws(SealError) {
            return (try open.keyring.archiveKeys(), try open.keyring.fileBytes())
        } catch { throw .seal(error) }
    }

    private static func mark(of open: OpenVault) throws(VaultError) -> BackupMark? {
        do throws(StoreError) { return try open.store.backupMark() } catch { throw .store(error) }
    }

    /// A footer that this vault signed, in this life of it.
    private static func parent(
        _ bytes: [UInt8], _ keys: ArchiveKeys, _ open: OpenVault
    ) throws(VaultError) -> ArchiveFooter {
        let footer: ArchiveFooter
        do throws(BackupError) { footer = try ArchiveFooter(bytes) } catch {
            throw .invalidRequest("the archive to continue: \(error.message)")
        }
        let isOurs: Bool
        do throws(SealError) {
            isOurs = try keys.isSignature(
                footer.signature, of: footer.signedBytes, parent: footer.identity.keyNumber)
        } catch {
            throw .invalidRequest("the archive to continue was made by another vault")
        }
        guard isOurs, footer.identity.storeID == open.cipher.storeID else {
            throw .invalidRequest("the archive to continue was made by another vault")
        }
        guard footer.identity.timeline == open.cipher.timeline,
            footer.lastRevision <= open.store.revision.rawValue
        else {
            throw .archiveOfAnotherTimeline
        }
        return footer
    }

    // MARK: - What is known of archives

    private func confirm(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_ConfirmArchiveRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let isAccepted = vault.backupThread.submit {
                do throws(VaultError) {
                    try self.confirm([UInt8](request.footer))
                    call.finish(Answer.encoded(Vault_V1_ConfirmArchiveResponse()))
                } catch { call.finish(StatusTable.status(of: error)) }
            }
            return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
        }
    }

    private func confirm(_ bytes: [UInt8]) throws(VaultError) {
        let open = try vault.open()
        let footer = try Self.parent(bytes, try Self.keys(of: open).keys, open)
        guard var mark = try Self.mark(of: open), mark.sequence >= footer.identity.sequence else {
            throw .archiveOfAnotherTimeline
        }
        guard footer.identity.sequence > mark.confirmedSequence else { return }
        mark.confirmedSequence = footer.identity.sequence
        mark.confirmedRevision = footer.lastRevision
        mark.confirmedTime = footer.identity.created
        do throws(StoreError) { _ = try open.store.write(.noteBackup(mark)) } catch {
            throw .store(error)
        }
    }

    private func state(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Vault_V1_BackupStateRequest.self)
        {
            return .failure(status)
        }
        do throws(VaultError) {
            let open = try vault.open()
            var response = Vault_V1_BackupStateResponse()
            let status = open.store.status()
            response.revision = status.revision.rawValue
            response.storeID = open.cipher.storeID.description
            response.timeline = open.cipher.timeline.number
            response.quarantinedSince = status.quarantinedSince ?? 0
            if let mark = status.backups {
                response.sequence = mark.sequence
                response.confirmedSequence = mark.confirmedSequence
                response.confirmedRevision = mark.confirmedRevision
                response.confirmedTime = mark.confirmedTime
            }
            return Answer.unary(response)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
    }

    private func accept(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Vault_V1_AcceptRequest.self) {
        case .failure(let status): .failure(status)
        case .success: vault.submit(.accept, for: call)
        }
    }
}
