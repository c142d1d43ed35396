import FoundationEssentials
import VaultAPI

/// What a role allows, for people and for programs.
struct RoleListing {
    let name: String
    let permissions: [Authpb_Permission]

    /// A role that somebody has and that does not exist, as etcd's `root` may.
    static func missing(_ name: String) -> RoleListing {
        var everything = Authpb_Permission()
        everything.permType = .readwrite
        everything.rangeEnd = Data([0])
        return RoleListing(name: name, permissions: name == "root" ? [everything] : [])
    }

    static func name(of type: Authpb_Permission.TypeEnum) -> String {
        switch type {
        case .read: "read"
        case .write: "write"
        case .readwrite: "readwrite"
        case .get: "get"
        case .UNRECOGNIZED(let number): "unknown (\(number))"
        }
    }

    /// A line a permission, and one for a role that has none.
    static func table(_ roles: [RoleListing]) -> String {
        var table = Table([
            .init(title: "ROLE"), .init(title: "PERMISSION"), .init(title: "KEYS"),
        ])
        return table.rendered(
            roles.flatMap { role in
                let name = TerminalText.escaped(role.name.utf8)
                guard !role.permissions.isEmpty else { return [[name, "-", "-"]] }
                return role.permissions.map {
                    [
                        name, Self.name(of: $0.permType),
                        KeyRange(key: $0.key, end: $0.rangeEnd).shown,
                    ]
                }
            })
    }

    /// As an object.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("role", name)
            json.field("permissions") { json in
                for permission in permissions {
                    json.object {
                        $0.field("permission", Self.name(of: permission.permType))
                        KeyRange(key: permission.key, end: permission.rangeEnd).write(to: &$0)
                    }
                }
            }
        }
    }
}
