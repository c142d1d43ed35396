/// A lease as it was granted.
public struct LeaseGrant: Equatable, Sendable {
    public var id: LeaseID
    /// What was asked for, or the least that there is.
    public var ttl: Duration
    public var revision: Revision

    public init(id: LeaseID, ttl: Duration, revision: Revision) {
        self.id = id
        self.ttl = ttl
        self.revision = revision
    }
}
