import Logging
import VaultAccess
import VaultSeal
import VaultStore

/// The store remembers how far the audit log was, so that a log that is gone as a whole is missed.
extension Vault {
    /// Holds the log against what the store remembers of it. Lines have a MAC already.
    func compareAudit(_ open: OpenVault) {
        guard let log = trail.log else { return }
        do throws(StoreError) {
            let remembered = try open.store.moment().auditSequence
            do throws(AuditError) {
                try log.compare(
                    withRemembered: remembered, open.auditKeys, now: CalendarClock.now())
            } catch {
                logger.error(
                    "the audit log cannot be compared", metadata: ["error": "\(error)"])
            }
        } catch {
            // The file failed just now: nothing is known, and that is said elsewhere.
        }
        trail.noteFailure()
    }

    /// Has the store remember how far the log is. Waits for two disks; not on an event loop.
    func noteAudit(_ open: OpenVault) {
        guard !open.store.isReadOnly, let sequence = trail.log?.durableSequence() else { return }
        do throws(StoreError) {
            _ = try open.store.write(.noteAudit(sequence))
        } catch {
            logger.warning(
                "the store does not remember how far the audit log is",
                metadata: ["error": "\(StatusTable.text(of: error))"])
        }
    }

    /// The same soon, when the vault is open.
    func noteAuditSoon() {
        _ = keyThread.submit {
            do throws(VaultError) { self.noteAudit(try self.open()) } catch {
                // Sealed: it is noted with the next unseal.
            }
        }
    }
}
