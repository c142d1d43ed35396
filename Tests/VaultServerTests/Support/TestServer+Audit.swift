import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

@testable import VaultServer

extension TestServer {
    /// The lines that `body` adds to the audit log, those about the log itself left out.
    func requestLines(_ body: () async throws -> Void) async throws -> [LoggedLine] {
        try await newLines(body).filter { $0.event == nil }
    }

    func newLines(_ body: () async throws -> Void) async throws -> [LoggedLine] {
        let before = try LoggedFiles.lines(below: dataDirectory).count
        try await body()
        return Array(try LoggedFiles.lines(below: dataDirectory).dropFirst(before))
    }

    /// What a client is told: "OK", or the name of the status as the log writes it.
    func outcome(
        _ method: VaultAPI.Method, _ message: [UInt8], token: String? = nil
    ) async throws -> String {
        do {
            _ = try await client.unary(
                method.path, ByteBuffer(bytes: message), metadata: Self.metadata(token),
                timeout: .seconds(60))
            return "OK"
        } catch let status as Status {
            return Self.text(of: status.code)
        }
    }

    static func metadata(_ token: String?) -> Metadata {
        var metadata = Metadata()
        if let token { metadata.append("token", token) }
        return metadata
    }

    static func text(of code: StatusCode) -> String {
        let texts = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
            "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
            "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
            "UNAUTHENTICATED",
        ]
        return texts[Int(code.rawValue)]
    }

    /// Makes users who log in with a password, and lets them log in. Each has a role of its name
    /// with these permissions: a key, and the end of a range or "".
    func logIn(_ users: [String: [(key: String, end: String)]]) async throws -> [String: String] {
        try await addUser("root")
        try await grant("root", to: "root")
        for (user, permissions) in users {
            try await addUser(user)
            var role = Etcdserverpb_AuthRoleAddRequest()
            role.name = user
            let _: Etcdserverpb_AuthRoleAddResponse = try await call(Methods.Auth.roleAdd, role)
            for permission in permissions {
                var request = Etcdserverpb_AuthRoleGrantPermissionRequest()
                request.name = user
                request.perm.permType = .readwrite
                request.perm.key = Data(permission.key.utf8)
                request.perm.rangeEnd = Data(permission.end.utf8)
                let _: Etcdserverpb_AuthRoleGrantPermissionResponse = try await call(
                    Methods.Auth.roleGrantPermission, request)
            }
            try await grant(user, to: user)
        }
        let _: Etcdserverpb_AuthEnableResponse = try await call(
            Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
        var tokens: [String: String] = [:]
        for user in users.keys {
            var request = Etcdserverpb_AuthenticateRequest()
            request.name = user
            request.password = "password of \(user)"
            let answer: Etcdserverpb_AuthenticateResponse = try await call(
                Methods.Auth.authenticate, request)
            tokens[user] = answer.token
        }
        return tokens
    }

    private func addUser(_ name: String) async throws {
        var request = Etcdserverpb_AuthUserAddRequest()
        request.name = name
        request.password = "password of \(name)"
        let _: Etcdserverpb_AuthUserAddResponse = try await call(Methods.Auth.userAdd, request)
    }

    private func grant(_ role: String, to user: String) async throws {
        var request = Etcdserverpb_AuthUserGrantRoleRequest()
        request.user = user
        request.role = role
        let _: Etcdserverpb_AuthUserGrantRoleResponse = try await call(
            Methods.Auth.userGrantRole, request)
    }
}
