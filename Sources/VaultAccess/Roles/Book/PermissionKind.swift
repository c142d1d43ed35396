/// What a permission lets its holder do. The numbers are those of etcd's API.
public enum PermissionKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Read values and list keys of a range.
    case read = 0
    /// Put and delete.
    case write = 1
    case readWrite = 2
    /// vaultd's own: read a key by its name, and list nothing.
    case get = 3

    /// Whether it lets its holder do all of that. Reading includes getting by name.
    public func includes(_ action: AccessAction) -> Bool {
        switch self {
        case .read: action != .write
        case .write: action == .write
        case .readWrite: true
        case .get: action == .get
        }
    }
}

extension PermissionKind: CustomStringConvertible {
    /// As `vaultctl` and `etcdctl` call it.
    public var description: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .readWrite: "readwrite"
        case .get: "get"
        }
    }
}
