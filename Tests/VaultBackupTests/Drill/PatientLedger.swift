import Glibc

@testable import VaultBackup

/// Opens a ledger in a process that starts others: each of those has its lock, too, until it has
/// become its program.
enum PatientLedger {
    static func open(
        _ name: String, key: String, now: Int64, in files: any BackupFiles
    ) throws(BackupError) -> DrillLedger {
        var attempts = 6_000
        while true {
            do throws(BackupError) {
                return try DrillLedger.open(
                    name, key: try LedgerKey.open(key, in: files), now: now, in: files)
            } catch {
                guard case .targetInUse = error, attempts > 0 else { throw error }
                attempts -= 1
                usleep(10_000)
            }
        }
    }
}
