import NIOCore
import RPC
import VaultAPI
import VaultAccess

extension AuthService {
    var roleRoutes: [Route] {
        [
            .unary(Methods.Auth.roleGet.path) { self.role($0, $1) },
            .unary(Methods.Auth.roleList.path) { _, message in
                self.read(message, as: Etcdserverpb_AuthRoleListRequest.self) { _, book, header in
                    var response = Etcdserverpb_AuthRoleListResponse()
                    response.header = header
                    response.roles = book.roles.map(\.name)
                    return Answer.unary(response)
                }
            },
            change(Methods.Auth.roleAdd, Etcdserverpb_AuthRoleAddRequest.self) {
                .addRole($0.name)
            },
            change(Methods.Auth.roleDelete, Etcdserverpb_AuthRoleDeleteRequest.self) {
                .deleteRole($0.role)
            },
            change(
                Methods.Auth.roleGrantPermission,
                Etcdserverpb_AuthRoleGrantPermissionRequest.self
            ) { (request) throws(AccessError) in
                guard request.hasPerm else { throw .permissionNotGiven }
                guard let kind = PermissionKind(request.perm.permType) else {
                    throw .invalidManagement
                }
                return .grantPermission(
                    role: request.name,
                    try Permission(
                        kind, key: Array(request.perm.key),
                        rangeEnd: Array(request.perm.rangeEnd)))
            },
            change(
                Methods.Auth.roleRevokePermission,
                Etcdserverpb_AuthRoleRevokePermissionRequest.self
            ) {
                .revokePermission(
                    role: $0.role, key: Array($0.key), rangeEnd: Array($0.rangeEnd))
            },
        ]
    }

    /// Administrators may look any role up, the others those that they have.
    private func role(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        let record = call.record
        return read(message, as: Etcdserverpb_AuthRoleGetRequest.self) { request, book, header in
            guard record.rights.isAdministrator || record.rights.roles.containsName(request.role)
            else { return record.refuse() }
            guard let role = book.role(named: request.role) else {
                return .failure(StatusTable.status(of: AccessError.roleNotFound))
            }
            var response = Etcdserverpb_AuthRoleGetResponse()
            response.header = header
            return Answer.encoded(response).map { head in
                var writer = WireWriter()
                for permission in role.permissions {
                    ResponseEncoding.permission(permission, to: &writer)
                }
                var buffer = head
                buffer.writeImmutableBuffer(writer.buffer)
                return buffer
            }.answer
        }
    }
}
