/// One version of a key, as etcd's `mvccpb.KeyValue`.
public struct KeyValue: Equatable, Sendable {
    public var key: Bytes
    public var value: Bytes
    /// The revision that created the key since it last did not exist.
    public var createRevision: Revision
    /// The revision of this version.
    public var modRevision: Revision
    /// 1 when created, one more for each put since.
    public var version: Int64
    public var lease: LeaseID

    public init(
        key: Bytes, value: Bytes, createRevision: Revision, modRevision: Revision,
        version: Int64, lease: LeaseID = .none
    ) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
        self.lease = lease
    }
}
