/// A role: permissions under a name.
public struct AccessRole: Equatable, Sendable {
    let accessName: AccessName
    /// By key, then range end. Each range occurs once; only `write` and `get`, which no single kind
    /// is, stand beside each other.
    public internal(set) var permissions: [Permission]

    init(_ name: AccessName, permissions: [Permission] = []) {
        accessName = name
        self.permissions = permissions
    }

    public var name: String { accessName.text }

    /// The role that may do everything, whatever its permissions.
    public var isRoot: Bool { accessName == .root }

    /// Where permissions of this range are, or would be.
    private func places(of permission: Permission) -> Range<Int> {
        let start = permissions.partitionPoint {
            Permission.isBefore($0, permission.with(.read))
        }
        let count = permissions[start...].prefix { $0.hasSameRange(as: permission) }.count
        return start..<(start + count)
    }

    /// The kinds that the role has on exactly this range, in the order of their numbers.
    func kinds(onRangeOf permission: Permission) -> [PermissionKind] {
        permissions[places(of: permission)].map(\.kind)
    }

    /// Makes `kinds` all that the role has on exactly this range.
    mutating func set(_ kinds: [PermissionKind], onRangeOf permission: Permission) {
        permissions.replaceSubrange(
            places(of: permission), with: kinds.map { permission.with($0) })
    }
}
