/// One operation of a transaction. Only names: there is no place for a value.
public struct AuditOperation {
    /// What it does with the keys.
    public enum Kind: Sendable {
        case compare, get, put, delete

        var text: StaticString {
            switch self {
            case .compare: "compare"
            case .get: "get"
            case .put: "put"
            case .delete: "delete"
            }
        }
    }

    public var kind: Kind
    /// The key's name, valid until `AuditBatch.append` returns.
    public var key: UnsafeRawBufferPointer
    /// etcd's range_end as the request had it; nil or empty for one key. Valid as `key` is.
    public var rangeEnd: UnsafeRawBufferPointer?

    public init(
        _ kind: Kind, key: UnsafeRawBufferPointer, rangeEnd: UnsafeRawBufferPointer? = nil
    ) {
        self.kind = kind
        self.key = key
        self.rangeEnd = rangeEnd
    }
}
