import VaultStore

/// How much of the past the daemon keeps by itself, as etcd's `--auto-compaction-mode`.
public enum AutoCompaction: Equatable, Sendable {
    case off
    /// Everything of the last milliseconds.
    case periodic(Int64)
    /// The last revisions.
    case revisions(Int64)

    /// Milliseconds between two looks; nil when there is nothing to look for.
    var interval: Int64? {
        switch self {
        case .off: nil
        // The past that is kept is at most a tenth longer than was asked.
        case .periodic(let period):
            min(max(period / 10, Limits.autoCompactionIntervalMin), Limits.autoCompactionInterval)
        case .revisions: Limits.autoCompactionInterval
        }
    }

    /// The revision to compact to now (milliseconds since 1970); nil when there is none.
    func target(in store: Store, now: Int64) throws(StoreError) -> Revision? {
        let status = store.status()
        let target: Revision
        switch self {
        case .off: return nil
        case .periodic(let period): target = try store.revision(at: now - period)
        case .revisions(let count):
            target = Revision(status.revision.rawValue - count)
        }
        return target > max(status.compactRevision, .initial) ? target : nil
    }
}
