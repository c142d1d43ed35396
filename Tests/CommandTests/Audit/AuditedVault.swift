import FoundationEssentials
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// A vault on a data directory, and what its audit log says.
final class AuditedVault: Sendable {
    let vault: InitialisedVault
    private let configuration: String

    /// - Parameter configuration: YAML.
    init(configuration: String = "log_level: info\n") throws {
        vault = try InitialisedVault()
        self.configuration = vault.directory.file("vaultd.yaml")
        try Files.write(configuration, to: self.configuration)
    }

    /// Serves it, unsealed.
    func start() throws -> VaultdServer {
        try VaultdServer(
            [
                "--data-dir", vault.dataDirectory, "--keyfile", vault.keyfile, "--config",
                configuration,
            ], directory: try TemporaryDirectory())
    }

    var auditDirectory: String { "\(vault.dataDirectory)/audit" }
    var auditFile: String { "\(auditDirectory)/audit.jsonl" }

    func lines() throws -> [LoggedLine] { try LoggedFiles.lines(below: vault.dataDirectory) }

    /// Runs `vaultctl`.
    func vaultctl(_ server: VaultdServer, _ arguments: String...) throws -> ProgramResult {
        try Program.run(
            try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + arguments)
    }

    /// What `vaultctl audit verify` says of the whole log, its codes included.
    func verify() throws -> ProgramResult {
        try Program.run(
            try BuiltPrograms.path("vaultctl"),
            ["audit", "verify"] + LoggedFiles.paths(below: vault.dataDirectory)
                + ["--data-dir", vault.dataDirectory, "--keyfile", vault.keyfile])
    }

    /// Makes a user who may read and write what begins with "app/", and lets users log in.
    static func addGuest(_ connection: KVConnection) async throws {
        for name in ["root", "guest"] {
            let user = Etcdserverpb_AuthUserAddRequest.with {
                ($0.name, $0.password) = (name, "password of \(name)")
            }
            let _: Etcdserverpb_AuthUserAddResponse = try await connection.call(
                Methods.Auth.userAdd, user)
        }
        let role = Etcdserverpb_AuthRoleAddRequest.with { $0.name = "guest" }
        let _: Etcdserverpb_AuthRoleAddResponse = try await connection.call(
            Methods.Auth.roleAdd, role)
        let permission = Etcdserverpb_AuthRoleGrantPermissionRequest.with {
            $0.name = "guest"
            $0.perm.permType = .readwrite
            $0.perm.key = Data("app/".utf8)
            $0.perm.rangeEnd = Data("app0".utf8)
        }
        let _: Etcdserverpb_AuthRoleGrantPermissionResponse = try await connection.call(
            Methods.Auth.roleGrantPermission, permission)
        for name in ["root", "guest"] {
            let grant = Etcdserverpb_AuthUserGrantRoleRequest.with {
                ($0.user, $0.role) = (name, name)
            }
            let _: Etcdserverpb_AuthUserGrantRoleResponse = try await connection.call(
                Methods.Auth.userGrantRole, grant)
        }
        let _: Etcdserverpb_AuthEnableResponse = try await connection.call(
            Methods.Auth.authEnable, Etcdserverpb_AuthEnableRequest())
    }

    /// A token of that user.
    static func logIn(_ connection: KVConnection) async throws -> String {
        let login = Etcdserverpb_AuthenticateRequest.with {
            ($0.name, $0.password) = ("guest", "password of guest")
        }
        let answer: Etcdserverpb_AuthenticateResponse = try await connection.call(
            Methods.Auth.authenticate, login)
        return answer.token
    }
}
