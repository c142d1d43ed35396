import NIOCore
import RPC
import VaultAPI
import VaultAccess

extension AuthService {
    var userRoutes: [Route] {
        [
            .unary(Methods.Auth.userAdd.path) { self.addUser($0, $1) },
            .unary(Methods.Auth.userGet.path) { self.user($0, $1) },
            .unary(Methods.Auth.userList.path) { _, message in
                self.read(message, as: Etcdserverpb_AuthUserListRequest.self) { _, book, header in
                    var response = Etcdserverpb_AuthUserListResponse()
                    response.header = header
                    response.users = book.users.map(\.name)
                    return Answer.unary(response)
                }
            },
            .unary(Methods.Auth.userChangePassword.path) { self.changePassword($0, $1) },
            change(Methods.Auth.userDelete, Etcdserverpb_AuthUserDeleteRequest.self) {
                .deleteUser($0.name)
            },
            change(Methods.Auth.userGrantRole, Etcdserverpb_AuthUserGrantRoleRequest.self) {
                .grantRole(user: $0.user, role: $0.role)
            },
            change(Methods.Auth.userRevokeRole, Etcdserverpb_AuthUserRevokeRoleRequest.self) {
                .revokeRole(user: $0.name, role: $0.role)
            },
        ]
    }

    private func addUser(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_AuthUserAddRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            // Hashing is for users who will exist: a name that cannot be added is refused at once.
            let name = request.name
            let isPrincipal = Principal.isReserved(name) && request.password.isEmpty
            guard request.options.noPassword || isPrincipal else {
                if let refusal = refusal(toAdd: name) { return .failure(refusal) }
                return apply(password: Array(request.password.utf8), for: call) { hash in
                    .addUser(name, passwordHash: hash)
                }
            }
            return apply(.addUser(name, passwordHash: nil), for: call)
        }
    }

    private func refusal(toAdd name: String) -> Status? {
        if Principal.isReserved(name) {
            return StatusTable.status(of: AccessError.principalWithPassword)
        }
        guard var book = access.book else { return StatusTable.sealed }
        do throws(AccessError) {
            _ = try book.apply(.addUser(name, passwordHash: nil))
            return nil
        } catch {
            return StatusTable.status(of: error)
        }
    }

    private func changePassword(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_AuthUserChangePasswordRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let name = request.name
            guard access.book?.user(named: name) != nil else {
                return .failure(StatusTable.status(of: AccessError.userNotFound))
            }
            return apply(password: Array(request.password.utf8), for: call) { hash in
                .changePassword(name, hash)
            }
        }
    }

    /// Administrators may look anybody up, the others themselves.
    private func user(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        let record = call.record
        return read(message, as: Etcdserverpb_AuthUserGetRequest.self) { request, book, header in
            guard record.rights.isAdministrator || record.rights.users.containsName(request.name)
            else { return record.refuse() }
            guard let user = book.user(named: request.name) else {
                return .failure(StatusTable.status(of: AccessError.userNotFound))
            }
            var response = Etcdserverpb_AuthUserGetResponse()
            response.header = header
            response.roles = user.roles
            return Answer.unary(response)
        }
    }
}
