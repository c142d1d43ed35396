/// A lease as a glance sees it.
public struct LeaseTimeToLive: Equatable, Sendable {
    public var granted: Duration
    /// Zero when the lease is about to end.
    public var remaining: Duration
    public var keyCount = 0
    /// What hangs on it, in order, when asked for.
    public var keys: [Bytes] = []

    public init(
        granted: Duration, remaining: Duration, keyCount: Int = 0, keys: [Bytes] = []
    ) {
        self.granted = granted
        self.remaining = remaining
        self.keyCount = keyCount
        self.keys = keys
    }
}
