import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// The same changes to a real etcd and to a book: the same answers, and the same users and roles
/// afterwards.
///
/// Etcd 3.4 keeps permissions on ranges that hold nothing, and loses count where one key has
/// several range ends; there we do as 3.6, and nothing of that is tried here.
@Suite struct EtcdComparisonTests {
    private struct Etcd {
        let server: EtcdServer
        let etcdctl: String
        /// What `--user` takes while logins are on.
        var login: String?

        init() throws {
            server = try EtcdServer()
            etcdctl = try BuiltPrograms.system("etcdctl", package: "etcd-client")
        }

        /// What it prints, or the text of etcd's error.
        func run(_ arguments: [String]) throws -> (output: String, error: String?) {
            let result = try Program.run(
                etcdctl,
                ["--endpoints", server.endpoint] + (login.map { ["--user", $0] } ?? [])
                    + arguments, environment: ["ETCDCTL_API": "3"], input: bytes("pw\n"))
            if result.status == .exit(0) { return (result.outputText, nil) }
            let start = "Error: etcdserver: "
            let line = result.errorText.split(separator: "\n").last { $0.hasPrefix(start) }
            return ("", line.map { String($0.dropFirst(start.count)) } ?? result.errorText)
        }
    }

    /// Keys that each have one range end.
    private static let ranges: [(key: String, end: String)] = [
        ("a", ""), ("b", "d"), ("c", "\0"), ("e", "f"),
    ]
    private static let users = ["alice", "Alice", "root", ""]
    private static let roles = ["r", "s", "root", ""]

    private static func change(
        _ random: inout SeededRandom, _ hash: PasswordHash
    ) throws -> (AccessChange, [String]) {
        let user = random.pick(users)
        let role = random.pick(roles)
        let (key, end) = random.pick(ranges)
        let range = end == "\0" ? [key, "--from-key"] : end.isEmpty ? [key] : [key, end]
        switch random.next() % 12 {
        case 0 where !user.isEmpty, 1 where !user.isEmpty:
            return (
                .addUser(user, passwordHash: hash), ["user", "add", user, "--interactive=false"]
            )
        case 2: return (.deleteUser(user), ["user", "delete", user])
        case 3:
            return (
                .changePassword(user, hash), ["user", "passwd", user, "--interactive=false"]
            )
        case 4, 5:
            return (.grantRole(user: user, role: role), ["user", "grant-role", user, role])
        case 6:
            return (.revokeRole(user: user, role: role), ["user", "revoke-role", user, role])
        case 7: return (.addRole(role), ["role", "add", role])
        case 8: return (.deleteRole(role), ["role", "delete", role])
        case 9, 10:
            let kind = random.pick([PermissionKind.read, .write, .readWrite])
            return (
                .grantPermission(role: role, try permission(kind, key, end)),
                ["role", "grant-permission", role, "\(kind)"] + range
            )
        default:
            return (
                .revokePermission(role: role, key: bytes(key), rangeEnd: bytes(end)),
                ["role", "revoke-permission", role] + range
            )
        }
    }

    private static func apply(
        _ change: AccessChange, _ arguments: [String], to book: inout AccessBook, and etcd: Etcd
    ) throws {
        let ours = failure { () throws(AccessError) in try book.apply(change) }
        let theirs = try etcd.run(arguments).error
        #expect(ours?.description == theirs, "\(arguments)")
    }

    private static func compare(_ book: AccessBook, _ etcd: Etcd) throws {
        func lines(_ arguments: [String]) throws -> [String] {
            try etcd.run(arguments).output.split(separator: "\n").map(String.init)
        }
        #expect(try lines(["user", "list"]) == book.users.map(\.name))
        #expect(try lines(["role", "list"]) == book.roles.map(\.name))
        for user in book.users {
            let roles = try lines(["user", "get", user.name]).last { $0.hasPrefix("Roles:") }
            let names = roles?.split(separator: " ").dropFirst().map(String.init)
            #expect(names == user.roles, "\(user.name)")
        }
        for role in book.roles where !role.isRoot {
            let shown = try lines(["role", "get", role.name]).map {
                String($0.prefix { $0 != "(" }.trimmed)
            }
            #expect(Set(shown) == Self.shown(role), "\(role.name)")
        }
    }

    /// As etcdctl shows a role, without the order of its lines.
    private static func shown(_ role: AccessRole) -> Set<String> {
        var lines: Set = ["Role \(role.name)", "KV Read:", "KV Write:"]
        for permission in role.permissions {
            let key = String(decoding: permission.key, as: UTF8.self)
            switch permission.rangeEnd {
            case []: lines.insert(key)
            case [0]: lines.insert("[\(key), <open ended>")
            case let end: lines.insert("[\(key), \(String(decoding: end, as: UTF8.self)))")
            }
        }
        return lines
    }

    @Test(arguments: TestSeed.seeds(2, for: "etcd users"))
    func usersAndRolesAreEtcds(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let hash = try PasswordHash.decoy(cost: .minimum)
        var etcd = try Etcd()
        defer { #expect(throws: Never.self) { try etcd.server.kill() } }
        var book = try AccessBook()
        for _ in 0..<60 {
            let (change, arguments) = try Self.change(&random, hash)
            try Self.apply(change, arguments, to: &book, and: etcd)
        }
        try Self.compare(book, etcd)

        // Whatever is left, root logs in.
        if book.user(named: "root") != nil {
            try Self.apply(.deleteUser("root"), ["user", "delete", "root"], to: &book, and: etcd)
        }
        try Self.apply(
            .addUser("root", passwordHash: hash), ["user", "add", "root", "--interactive=false"],
            to: &book, and: etcd)
        try Self.apply(
            .grantRole(user: "root", role: "root"), ["user", "grant-role", "root", "root"],
            to: &book, and: etcd)
        try Self.apply(.enableLogin, ["auth", "enable"], to: &book, and: etcd)
        etcd.login = "root:pw"
        for _ in 0..<20 {
            let (change, arguments) = try Self.change(&random, hash)
            try Self.apply(change, arguments, to: &book, and: etcd)
        }
        try Self.compare(book, etcd)
    }
}

extension StringProtocol {
    /// Without tabs and spaces at both ends.
    fileprivate var trimmed: SubSequence {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let end = lastIndex { !isSpace($0) }.map { index(after: $0) } ?? startIndex
        return self[..<end].drop(while: isSpace)
    }
}
