import NIOCore
import RPC
import Sodium
import SwiftProtobuf
import VaultAPI
import VaultAccess
import VaultSeal
import VaultStore

/// `etcdserverpb.Auth`: users, roles, permissions and passwords.
///
/// Authorization is always on; what is enabled and disabled here is logging in with a password.
final class AuthService: Sendable {
    let vault: Vault
    var access: AccessControl { vault.access }

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        loginRoutes + userRoutes + roleRoutes
    }

    private var loginRoutes: [Route] {
        [
            .unary(Methods.Auth.authenticate.path) { self.authenticate($0, $1) },
            .unary(Methods.Auth.authStatus.path) { _, message in
                self.read(message, as: Etcdserverpb_AuthStatusRequest.self) { _, book, header in
                    var response = Etcdserverpb_AuthStatusResponse()
                    response.header = header
                    response.enabled = book.isPasswordLoginEnabled
                    response.authRevision = book.revision
                    return Answer.unary(response)
                }
            },
            change(Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest.self) { _ in
                .enableLogin
            },
            change(Methods.Auth.authDisable, Etcdserverpb_AuthDisableRequest.self) { _ in
                .disableLogin
            },
        ]
    }

    // MARK: - Reading

    /// Answers from the book in force.
    func read<Request: SwiftProtobuf.Message>(
        _ message: ByteBuffer, as type: Request.Type,
        _ body: (Request, AccessBook, Etcdserverpb_ResponseHeader) -> UnaryAnswer
    ) -> UnaryAnswer {
        switch Answer.decoded(message, as: type) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            do throws(VaultError) {
                let open = try vault.open()
                guard let book = access.book else { throw .sealed }
                return body(request, book, open.header.message(revision: open.store.revision))
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
    }

    // MARK: - Changing

    /// A method that changes the book and answers with a header alone.
    func change<Request: SwiftProtobuf.Message>(
        _ method: Method, _ type: Request.Type,
        _ body: @escaping @Sendable (Request) throws(AccessError) -> AccessChange
    ) -> Route {
        .unary(method.path) { call, message in
            switch Answer.decoded(message, as: type) {
            case .failure(let status): return .failure(status)
            case .success(let request):
                do throws(AccessError) {
                    return self.apply(try body(request), for: call)
                } catch {
                    return .failure(StatusTable.status(of: error))
                }
            }
        }
    }

    func apply(_ change: AccessChange, for call: UnaryCall) -> UnaryAnswer {
        vault.change(change, for: call) { outcome, header in
            var writer = WireWriter()
            header.write(revision: outcome.revision.rawValue, to: &writer)
            return .success(writer.buffer)
        }
    }

    /// Hashes the password first.
    func apply(
        password bytes: [UInt8], for call: UnaryCall,
        _ change: @escaping @Sendable (PasswordHash) -> AccessChange
    ) -> UnaryAnswer {
        var bytes = bytes
        do throws(AccessError) {
            let isAccepted = access.hash(try PasswordBox(&bytes)) { result in
                switch result {
                case .failure(let error): call.finish(StatusTable.status(of: error))
                case .success(let hash):
                    if case .failure(let status) = self.apply(change(hash), for: call) {
                        call.finish(status)
                    }
                }
            }
            return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
        } catch {
            return .failure(StatusTable.status(of: error))
        }
    }

    // MARK: - Logging in

    private func authenticate(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_AuthenticateRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(var request):
            let open: OpenVault
            do throws(VaultError) { open = try vault.open() } catch {
                return .failure(StatusTable.status(of: error))
            }
            guard access.book?.isPasswordLoginEnabled ?? false else {
                return .failure(StatusTable.status(of: AccessError.loginDisabled))
            }
            var password = Array(request.password.utf8)
            request.password = ""
            // The box wipes what it takes; of an attempt that comes too soon it takes nothing.
            defer { wipe(&password) }
            do throws(AccessError) {
                try access.logIn(
                    as: request.name,
                    { () throws(AccessError) in try PasswordBox(&password) },
                    peerUserID: call.peer.userID
                ) { result in
                    call.finish(Self.response(result, open))
                }
                return .later
            } catch {
                return .failure(StatusTable.status(of: error))
            }
        }
    }

    private static func response(
        _ token: Result<String, AccessError>, _ open: OpenVault
    ) -> Result<ByteBuffer, Status> {
        switch token {
        case .failure(let error): return .failure(StatusTable.status(of: error))
        case .success(let token):
            var response = Etcdserverpb_AuthenticateResponse()
            response.header = open.header.message(revision: open.store.revision)
            response.token = token
            return Answer.encoded(response)
        }
    }
}
