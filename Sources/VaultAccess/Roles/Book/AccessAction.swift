/// What somebody wants to do with keys. The numbers are those of `vault.v1.Action`.
public enum AccessAction: UInt8, Hashable, Sendable, CaseIterable {
    /// Read values and list keys of a range.
    case read = 0
    /// Put and delete.
    case write = 1
    /// Read one key by its name.
    case get = 2

    /// The permission that allows just that.
    public var kind: PermissionKind {
        switch self {
        case .read: .read
        case .write: .write
        case .get: .get
        }
    }
}

extension AccessAction: CustomStringConvertible {
    public var description: String { kind.description }
}
