/// What somebody did to the log's files.
public struct AuditTrouble: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The file is gone.
        case removed
        /// Another file has its name.
        case replaced
        /// The file is shorter than what was written.
        case truncated
        /// Somebody else wrote to the file.
        case appended
        /// Its owner, mode or link count changed.
        case exposed
        /// Its last lines are not those that were written.
        case changed
        /// There is no head to compare the end with.
        case headMissing
        /// The whole log is older than the vault remembers it, or another.
        case forgotten
    }

    public var kind: Kind
    /// The number of the first line that may be missing or changed.
    public var from: UInt64

    /// One sentence, without a period.
    public var reason: String {
        switch kind {
        case .removed: "the file was removed"
        case .replaced: "another file has its name"
        case .truncated: "the file is shorter than what was written"
        case .appended: "somebody else wrote to the file"
        case .exposed: "the owner, mode or link count of the file changed"
        case .changed: "the last lines are not those that were written"
        case .headMissing: "audit.head is missing or damaged, so the end is not known"
        case .forgotten: "the log does not go as far as it did when the vault was open last"
        }
    }
}
