import VaultAccess
import VaultBackup

/// Holds the lines of the audit log that archives have against their chain.
final class VerifiedAudit: AuditChecker {
    private let check = AuditArchiveCheck()
    /// Lines that follow from one another.
    var lineCount: Int { check.lineCount }

    func begin(continues: Bool) { check.begin(continues: continues) }

    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(AuditError) { try check.take(first: first, lines) } catch {
            throw Self.failure(error)
        }
    }

    func end(sequence: UInt64, hash: [UInt8]) throws(BackupError) {
        do throws(AuditError) { try check.end(sequence: sequence, hash: hash) } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: AuditError) -> BackupError {
        guard case .broken(let trouble) = error else { return .inconclusive("\(error)") }
        let what =
            switch trouble.kind {
            case .truncated: "is missing, and the archive says that it was there"
            case .appended: "is none of those that the archive says to have"
            case .replaced: "is the last one, and the archive names another"
            default: "does not follow from the one before it"
            }
        return .continuity(
            "line \(trouble.from) of the audit log \(what): it was so when the archive was made; "
                + "find out why, and restore with --without-audit")
    }
}
