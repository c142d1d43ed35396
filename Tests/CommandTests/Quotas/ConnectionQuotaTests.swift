import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// How many connections a user may have. Needs root, to be several users.
    @Suite struct ConnectionQuotas {
        private static let user = ["--reuid", "4711", "--regid", "4711", "--clear-groups"]
        private static let watch = ["watch", "app/", "--prefix"]

        @Test func aUserHasAsManyConnectionsAsTheQuotaSaysAndRootIsNotCounted() throws {
            guard geteuid() == 0 else {
                return print("not run: needs root, to connect as another user")
            }
            let audited = try AuditedVault(
                configuration: """
                    socket_mode: "0666"
                    quotas:
                      - "uid:4711 connections=1"
                      - "uid:0 connections=1"
                    """)
            let server = try audited.start()
            let directory = server.socketPath.split(separator: "/").dropLast()
            chmod("/" + directory.joined(separator: "/"), 0o711)
            #expect(
                try audited.vaultctl(server, "allow", "uid:4711", "read", "app/", "--prefix").status
                    == .exit(0))
            let holder = try start(server, Self.watch)
            let watches = Waiting.until(.seconds(60)) {
                (try? audited.lines())?.contains {
                    $0.method == "etcdserverpb.Watch/Watch" && $0.uid == 4711
                } == true
            }
            #expect(watches, "\(holder.errorText)")
            let second = try start(server, ["whoami"]).result()
            #expect(second.status == .exit(6), "\(second)")

            // Root is counted for nobody, not even by a rule for it.
            let rootHolder = try UnixSocket(connectingTo: server.socketPath)
            #expect(try audited.vaultctl(server, "whoami").status == .exit(0))
            withExtendedLifetime(rootHolder) {}

            try holder.stop(SIGKILL)
            let isFree = Waiting.until(.seconds(60)) {
                (try? start(server, ["whoami"]).result().status) == .exit(0)
            }
            #expect(isFree)
            try server.stop()
        }

        @Test func rootGetsInWhenOthersHaveTakenEveryConnection() throws {
            guard geteuid() == 0 else {
                return print("not run: needs root, to connect as another user")
            }
            let audited = try AuditedVault(
                configuration: "socket_mode: \"0666\"\nconnections_max: 4\n")
            let server = try audited.start()
            let directory = server.socketPath.split(separator: "/").dropLast()
            chmod("/" + directory.joined(separator: "/"), 0o711)
            #expect(
                try audited.vaultctl(server, "allow", "uid:4711", "read", "app/", "--prefix").status
                    == .exit(0))
            // The connection before them may be closed and still be counted: who is not let in for
            // that tries again.
            var holders = try (0..<3).map { _ in try start(server, Self.watch) }
            let areIn = try Waiting.until(.seconds(60)) {
                for (index, holder) in holders.enumerated() where holder.ended != nil {
                    holders[index] = try start(server, Self.watch)
                }
                return (try? audited.lines())?.count {
                    $0.method == "etcdserverpb.Watch/Watch" && $0.uid == 4711
                } == 3
            }
            #expect(areIn, "\(holders.map(\.errorText))")
            let fourth = try start(server, ["whoami"]).result()
            #expect(fourth.status == .exit(6), "\(fourth)")
            #expect(try audited.vaultctl(server, "seal").status == .exit(0))
            try server.stop()
        }

        private func start(_ server: VaultdServer, _ arguments: [String]) throws -> Program {
            try Program(
                "setpriv",
                Self.user + [try BuiltPrograms.path("vaultctl"), "--socket", server.socketPath]
                    + arguments)
        }
    }
}
