import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import Synchronization
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultClient

/// Calls as a user with a password.
@Suite struct LoginTests {
    private let directory: TemporaryDirectory
    private let login = Login(name: "alice", password: "hunter2")

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Runs a server that gives everybody the token `t1`, then `t2` and so on, and knows no other
    /// method. Returns which tokens came with which calls.
    private func tokens(
        _ body: (VaultConnection) async throws -> Void
    ) async throws -> [String] {
        let seen = Mutex<[String]>([])
        let logins = Atomic<Int>(0)
        let path = directory.file("s")
        let authenticate = Route.unary(Methods.Auth.authenticate.path) { _, message in
            guard
                let request = try? Etcdserverpb_AuthenticateRequest(
                    serializedBytes: Array(buffer: message)), request.password == "hunter2"
            else {
                return .failure(
                    Status(
                        .invalidArgument,
                        "etcdserver: authentication failed, invalid user ID or password"))
            }
            let number = logins.wrappingAdd(1, ordering: .relaxed).newValue
            var response = Etcdserverpb_AuthenticateResponse()
            response.token = "t\(number)"
            guard let bytes: [UInt8] = try? response.serializedBytes() else { return .later }
            return .message(ByteBuffer(bytes: bytes))
        }
        let server = Server(
            routes: { [authenticate] }, group: .singleton,
            gate: LoginGate { path, token in
                let method = path.split(separator: "/").last ?? ""
                seen.withLock { $0.append("\(method) \(token ?? "-")") }
            })
        try await server.start(try ListeningSocket.bind(path: path))
        let vault = try await VaultConnection.connect(socketPath: path)
        try await body(vault)
        await vault.close()
        await server.drain(timeout: .seconds(5))
        return seen.withLock { $0 }
    }

    /// What the server does not know is refused, and was seen.
    private func refused(_ body: () async throws(VaultClientError) -> Void) async {
        do throws(VaultClientError) {
            try await body()
            Issue.record("it was answered")
        } catch {
            #expect(error.category == .unsupportedMethod)
        }
    }

    @Test func everyKindOfCallBringsTheToken() async throws {
        let seen = try await tokens { anonymous in
            let vault = try await anonymous.authenticated(as: login)
            await refused { () throws(VaultClientError) in _ = try await vault.whoAmI() }
            await refused { () throws(VaultClientError) in
                _ = try await vault.unseal(Vault_V1_UnsealRequest())
            }
            await refused { () throws(VaultClientError) in
                try await vault.keepAlive(lease: 1) { _ in false }
            }
            await refused { () throws(VaultClientError) in
                for try await _ in try await vault.watch(Etcdserverpb_WatchCreateRequest()) {}
            }
            await refused { () throws(VaultClientError) in _ = try await anonymous.whoAmI() }
        }
        #expect(
            seen == [
                "Authenticate -", "WhoAmI t1", "Unseal t1", "LeaseKeepAlive t1", "Watch t1",
                "WhoAmI -",
            ])
    }

    @Test func newConnectionLogsInAgain() async throws {
        let seen = try await tokens { anonymous in
            let second = try await anonymous.authenticated(as: login).again()
            await refused { () throws(VaultClientError) in _ = try await second.whoAmI() }
            await second.close()
            let third = try await anonymous.again()
            await refused { () throws(VaultClientError) in _ = try await third.whoAmI() }
            await third.close()
        }
        #expect(seen == ["Authenticate -", "Authenticate -", "WhoAmI t2", "WhoAmI -"])
    }

    @Test func wrongPasswordIsDenied() async throws {
        _ = try await tokens { anonymous in
            do throws(VaultClientError) {
                _ = try await anonymous.authenticated(as: Login(name: "alice", password: "x"))
                Issue.record("it was let in")
            } catch {
                #expect(error.category == .denied)
            }
        }
    }

    @Test func passwordIsNotShown() {
        var dumped = ""
        dump(login, to: &dumped)
        #expect("\(login) \(String(reflecting: login)) \(dumped)".contains("alice"))
        #expect(!"\(login) \(String(reflecting: login)) \(dumped)".contains("hunter2"))
    }
}

/// Lets everybody in, and says what they come with.
private final class LoginGate: Gatekeeper {
    let note: @Sendable (_ path: String, _ token: String?) -> Void

    init(_ note: @escaping @Sendable (_ path: String, _ token: String?) -> Void) {
        self.note = note
    }

    func admit(path: @autoclosure () -> String, mark: Int, caller: Caller) -> Verdict {
        note(path(), caller.metadata["token"])
        return .admitted()
    }
}
