import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// One server of a comparison of access control, and the tokens that it gave.
final class AuthSide {
    private let server: any TestServer
    private let connection: KVConnection
    private var tokens: [String: String] = [:]
    private var callCount = 0

    init(_ server: any TestServer) async throws {
        self.server = server
        connection = try await KVConnection(server.socketPath)
    }

    func close() async { await connection.close() }

    /// Whether the user was ever given a token, good or not.
    func hasToken(_ user: String) -> Bool { tokens[user] != nil }

    func answer(_ request: AuthRequest) async throws -> AuthAnswer {
        let token = request.user.flatMap { tokens[$0] }
        if request.method == Methods.Watch.watch {
            return try await watch(request, token)
        }
        let bytes: [UInt8] = try request.message.serializedBytes()
        // etcd takes tokens under either name.
        callCount += 1
        let name = callCount.isMultiple(of: 3) ? "authorization" : "token"
        switch await connection.call(
            request.method.path, bytes, token: token, under: name, timeout: .seconds(120))
        {
        case .failure(let status): return .failure(code: status.code.rawValue, status.message)
        case .success(let bytes):
            guard let type = Self.answers[request.method] else {
                throw TestFailure("\(request.method.name) has no type of answer here")
            }
            let message = try type.init(serializedBytes: bytes)
            if let login = request.login {
                tokens[login] = (message as? Etcdserverpb_AuthenticateResponse)?.token
            }
            return .message(message)
        }
    }

    /// The first answer to the request for a watcher, on a stream of its own.
    private func watch(_ request: AuthRequest, _ token: String?) async throws -> AuthAnswer {
        let watch = try await WatchConnection(server.socketPath, token: token)
        let message = request.message as? Etcdserverpb_WatchRequest
        let answer: AuthAnswer
        do {
            try await watch.send(message?.requestUnion)
            answer = .message(try await watch.next())
        } catch let status as Status {
            answer = .failure(code: status.code.rawValue, status.message)
        }
        await watch.close()
        return answer
    }

    private static let answers: [VaultAPI.Method: any Message.Type] = [
        Methods.KV.range: Etcdserverpb_RangeResponse.self,
        Methods.KV.put: Etcdserverpb_PutResponse.self,
        Methods.KV.deleteRange: Etcdserverpb_DeleteRangeResponse.self,
        Methods.KV.txn: Etcdserverpb_TxnResponse.self,
        Methods.KV.compact: Etcdserverpb_CompactionResponse.self,
        Methods.Lease.leaseLeases: Etcdserverpb_LeaseLeasesResponse.self,
        Methods.Maintenance.alarm: Etcdserverpb_AlarmResponse.self,
        Methods.Maintenance.hash: Etcdserverpb_HashResponse.self,
        Methods.Auth.authEnable: Etcdserverpb_AuthEnableResponse.self,
        Methods.Auth.authDisable: Etcdserverpb_AuthDisableResponse.self,
        Methods.Auth.authenticate: Etcdserverpb_AuthenticateResponse.self,
        Methods.Auth.userAdd: Etcdserverpb_AuthUserAddResponse.self,
        Methods.Auth.userGet: Etcdserverpb_AuthUserGetResponse.self,
        Methods.Auth.userList: Etcdserverpb_AuthUserListResponse.self,
        Methods.Auth.userDelete: Etcdserverpb_AuthUserDeleteResponse.self,
        Methods.Auth.userChangePassword: Etcdserverpb_AuthUserChangePasswordResponse.self,
        Methods.Auth.userGrantRole: Etcdserverpb_AuthUserGrantRoleResponse.self,
        Methods.Auth.userRevokeRole: Etcdserverpb_AuthUserRevokeRoleResponse.self,
        Methods.Auth.roleAdd: Etcdserverpb_AuthRoleAddResponse.self,
        Methods.Auth.roleGet: Etcdserverpb_AuthRoleGetResponse.self,
        Methods.Auth.roleList: Etcdserverpb_AuthRoleListResponse.self,
        Methods.Auth.roleDelete: Etcdserverpb_AuthRoleDeleteResponse.self,
        Methods.Auth.roleGrantPermission: Etcdserverpb_AuthRoleGrantPermissionResponse.self,
        Methods.Auth.roleRevokePermission: Etcdserverpb_AuthRoleRevokePermissionResponse.self,
    ]
}
