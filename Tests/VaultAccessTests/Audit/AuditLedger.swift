@testable import VaultAccess

/// Lines written one by one, until one is refused.
enum AuditLedger {
    /// How many were acknowledged.
    static func write(upTo count: Int, to log: AuditLog, _ fixture: AuditFixture) -> Int {
        for number in 0..<count {
            do throws(AuditError) {
                try fixture.write(1, to: log)
            } catch {
                return number
            }
        }
        return count
    }
}
