/// What a role may do with which keys, as it was granted.
public struct Permission: Hashable, Sendable {
    public let kind: PermissionKind
    /// Never empty. Bytes mean themselves: no character stands for others.
    public let key: [UInt8]
    /// Empty: `key` alone. One zero byte: from `key` on. Otherwise the first key after the range.
    public let rangeEnd: [UInt8]
    /// The keys that it is about.
    public let span: KeySpan

    /// Throws `.invalidManagement` for a range that no key can be in and for an empty key, as etcd
    /// 3.6 does (3.4 keeps such a permission, and it widens what others allow), and `.keyTooLong`.
    public init(
        _ kind: PermissionKind, key: [UInt8], rangeEnd: [UInt8] = []
    ) throws(AccessError) {
        guard max(key.count, rangeEnd.count) <= AccessLimits.keyBytesMax else {
            throw .keyTooLong(max: AccessLimits.keyBytesMax)
        }
        guard !key.isEmpty, let span = KeySpan(key: key, rangeEnd: rangeEnd) else {
            throw .invalidManagement
        }
        self.kind = kind
        self.key = key
        self.rangeEnd = rangeEnd
        self.span = span
    }

    private init(_ kind: PermissionKind, sameRangeAs other: Permission) {
        self.kind = kind
        key = other.key
        rangeEnd = other.rangeEnd
        span = other.span
    }

    /// Another permission on the same range.
    func with(_ kind: PermissionKind) -> Permission {
        Permission(kind, sameRangeAs: self)
    }

    func hasSameRange(as other: Permission) -> Bool {
        key == other.key && rangeEnd == other.rangeEnd
    }

    /// The order in a role: by key, then range end, then kind.
    static func isBefore(_ left: Permission, _ right: Permission) -> Bool {
        if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
        if left.rangeEnd != right.rangeEnd {
            return left.rangeEnd.lexicographicallyPrecedes(right.rangeEnd)
        }
        return left.kind.rawValue < right.kind.rawValue
    }
}
