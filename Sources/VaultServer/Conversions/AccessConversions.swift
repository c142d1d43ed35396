import NIOCore
import VaultAPI
import VaultAccess

extension PermissionKind {
    init?(_ type: Authpb_Permission.TypeEnum) {
        switch type {
        case .read: self = .read
        case .write: self = .write
        case .readwrite: self = .readWrite
        case .get: self = .get
        case .UNRECOGNIZED: return nil
        }
    }

    var type: Authpb_Permission.TypeEnum {
        switch self {
        case .read: .read
        case .write: .write
        case .readWrite: .readwrite
        case .get: .get
        }
    }
}

extension AccessAction {
    init?(_ action: Vault_V1_Action) {
        switch action {
        case .read: self = .read
        case .write: self = .write
        case .get: self = .get
        case .UNRECOGNIZED: return nil
        }
    }
}

/// Encoded by hand, as all that carries keys.
extension ResponseEncoding {
    /// A permission of an `AuthRoleGetResponse`.
    static func permission(_ permission: Permission, to writer: inout WireWriter) {
        writer.message(2) {
            $0.number(1, Int64(permission.kind.type.rawValue))
            $0.bytes(2, permission.key)
            $0.bytes(3, permission.rangeEnd)
        }
    }

    static func explanation(_ explanation: Explanation) -> ByteBuffer {
        var writer = WireWriter()
        writer.number(1, explanation.allowed ? 1 : 0)
        writer.bytes(2, Array(explanation.reason.utf8))
        for rule in explanation.rules {
            writer.message(3) {
                $0.bytes(1, Array(rule.user.utf8))
                $0.bytes(2, Array(rule.role.utf8))
                $0.bytes(3, Array(rule.kindText.utf8))
                if let permission = rule.permission {
                    $0.bytes(4, permission.key)
                    $0.bytes(5, permission.rangeEnd)
                }
            }
        }
        return writer.buffer
    }
}

extension [String] {
    /// By bytes: Swift takes texts for the same that are two names here.
    func containsName(_ name: String) -> Bool {
        contains { $0.utf8.elementsEqual(name.utf8) }
    }
}
