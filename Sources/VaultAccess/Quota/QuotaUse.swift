/// What is counted while it lasts.
public enum QuotaUse: CaseIterable, Hashable, Sendable {
    /// An open connection.
    case connection
    /// An open watch.
    case watch
    /// A request without an answer yet.
    case request
}
