/// One step of a prune.
public enum PruneAction: Equatable, Sendable {
    /// It is to go, once the grace period is over.
    case mark(fileName: String)
    /// It is to stay after all, or is gone already.
    case unmark(fileName: String)
    /// The grace period is over.
    case delete(fileName: String)
}
