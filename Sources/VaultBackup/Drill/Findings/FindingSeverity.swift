/// How bad a finding is.
public enum FindingSeverity: String, CaseIterable, Sendable {
    /// Backups may be good and nobody knows.
    case medium
    /// Data would be lost, or a loss not be noticed.
    case high

    /// What a failed case with this exit status is.
    static func of(exit: Int32) -> FindingSeverity {
        // Space, a target in use, a failed environment: the drill, not the backup.
        [20, 21, 23].contains(exit) ? .medium : .high
    }
}
