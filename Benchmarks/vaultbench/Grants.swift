import ArgumentParser
import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

/// Fills the book of users and roles.
struct Grants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make roles with permissions, and users with roles.",
        discussion: """
            Every role may read and write a prefix, read another and read and write two keys.
            Users that are no callers have three roles each, and numbers from a million on. A caller
            has twenty, the last of which may read and write what 'frames' asks for.
            """)

    @OptionGroup var target: Target
    @Option(help: "How many roles.")
    var roles = 1_000
    @Option(help: "How many users, callers not counted.")
    var users = 1_000
    @Option(help: "A user with twenty roles: one without a password, such as uid:1234.")
    var caller: [String] = []
    @Option(help: "A user with twenty roles and the password 'bench'.")
    var passwordCaller: String?

    func run() async throws {
        let client = try await target.connect()
        try await inTurns(roles) { try await makeRole($0, client) }
        try await inTurns(users) { number in
            let name = "uid:\(1_000_000 + number)"
            try await addUser(name, password: nil, client)
            for step in 0..<3 { try await give((number * 7 + step) % roles, to: name, client) }
        }
        for name in caller { try await makeCaller(name, password: nil, client) }
        if let passwordCaller {
            try await makeCaller(passwordCaller, password: "bench", client)
        }
        await client.close()
    }

    /// A few at a time: each waits for the disk.
    private func inTurns(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 8 { try await group.next() }
                group.addTask { try await body(number) }
            }
            try await group.waitForAll()
        }
    }

    private func makeRole(_ number: Int, _ client: Client) async throws {
        var role = Etcdserverpb_AuthRoleAddRequest()
        role.name = "role-\(number)"
        _ = try await client.unary(Methods.Auth.roleAdd.path, try role.buffer())
        let prefix = "team-\(number)/"
        try await permit(role.name, .readwrite, prefix, "team-\(number)0", client)
        try await permit(role.name, .read, "shared-\(number)/", "shared-\(number)0", client)
        try await permit(role.name, .readwrite, "lock-\(number)", "", client)
        let isAsked = number == roles - 1
        try await permit(
            role.name, .readwrite, isAsked ? "bench/one" : "bench-\(number)/one", "", client)
    }

    private func permit(
        _ role: String, _ kind: Authpb_Permission.TypeEnum, _ key: String, _ end: String,
        _ client: Client
    ) async throws {
        var grant = Etcdserverpb_AuthRoleGrantPermissionRequest()
        grant.name = role
        grant.perm.permType = kind
        grant.perm.key = .init(key.utf8)
        grant.perm.rangeEnd = .init(end.utf8)
        _ = try await client.unary(Methods.Auth.roleGrantPermission.path, try grant.buffer())
    }

    private func makeCaller(_ name: String, password: String?, _ client: Client) async throws {
        try await addUser(name, password: password, client)
        for step in 0..<min(20, roles) { try await give(roles - 1 - step, to: name, client) }
    }

    private func addUser(_ name: String, password: String?, _ client: Client) async throws {
        var user = Etcdserverpb_AuthUserAddRequest()
        user.name = name
        if let password { user.password = password } else { user.options.noPassword = true }
        _ = try await client.unary(Methods.Auth.userAdd.path, try user.buffer())
    }

    private func give(_ role: Int, to user: String, _ client: Client) async throws {
        var grant = Etcdserverpb_AuthUserGrantRoleRequest()
        grant.user = user
        grant.role = "role-\(role)"
        _ = try await client.unary(Methods.Auth.userGrantRole.path, try grant.buffer())
    }
}
