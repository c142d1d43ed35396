import VaultAccess
import VaultBackup

/// Holds the lines of the audit log that archives have against their chain.
final class VerifiedAudit: AuditChecker {
    private let check = AuditArchiveCheck()
    /// Lines that follow from one another.
    var lineCount: Int { check.lineCount }
    /// What is wrong first, where that is kept and not thrown: then what else is in the archives
    /// is read all the same.
    private(set) var failure: BackupError?
    private let isPatient: Bool

    init(isPatient: Bool = false) { self.isPatient = isPatient }

    func begin(continues: Bool) { check.begin(continues: continues) }

    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        try look { () throws(AuditError) in try check.take(first: first, lines) }
    }

    func end(sequence: UInt64, hash: [UInt8]) throws(BackupError) {
        try look { () throws(AuditError) in try check.end(sequence: sequence, hash: hash) }
    }

    private func look(_ body: () throws(AuditError) -> Void) throws(BackupError) {
        guard failure == nil else { return }
        do throws(AuditError) { try body() } catch {
            failure = Self.failure(error)
            if !isPatient { throw Self.failure(error) }
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
