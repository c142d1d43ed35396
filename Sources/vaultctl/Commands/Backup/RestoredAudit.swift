import Glibc
import VaultAccess
import VaultBackup
import VaultSeal

/// Puts the lines of the audit log that archives have beside a restored vault.
final class RestoredAudit: AuditSink {
    private let rebuild: AuditRebuild

    init(directory: String) throws(BackupError) {
        do throws(AuditError) { rebuild = try AuditRebuild(directory: directory) } catch {
            throw Self.failure(error)
        }
    }

    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(AuditError) { try rebuild.take(first: first, lines) } catch {
            throw Self.failure(error)
        }
    }

    func finish(sequence: UInt64, hash: [UInt8], keys: AuditKeys) throws(BackupError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        do throws(AuditError) {
            try rebuild.finish(
                sequence: sequence, hash: hash, keys: keys,
                now: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
        } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: AuditError) -> BackupError {
        switch error {
        case .broken(let trouble):
            .continuity(
                "the audit log in the archives does not go on at line \(trouble.from): it was so "
                    + "when they were made; restore with --without-audit, and find out why")
        case .system(let code, _) where isFull(code), .unwritable(let code, _) where isFull(code):
            .noSpace("the disk is full; make room and try again")
        case .reserveOnly: .noSpace("the disk is full; make room and try again")
        case .system(let code, let operation), .unwritable(let code, let operation):
            .inconclusive("cannot \(operation): \(SystemFailure.text(code))")
        case .unsafe(let text): .targetInUse(text)
        case .closed: .inconclusive("the audit log is closed")
        }
    }

    /// The disk, a quota or a limit of file sizes.
    private static func isFull(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }
}
