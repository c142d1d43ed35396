import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// What goes on when the last rule that names a user is taken away.
    @Suite struct RemovedUsers {
        private static let user = ["--reuid", "4711", "--regid", "4711", "--clear-groups"]

        @Test func whomNoRuleNamesKeepsNoLeaseThatHasNoKeys() throws {
            guard geteuid() == 0 else {
                return print("not run: needs root, to connect as another user")
            }
            let audited = try AuditedVault(configuration: "socket_mode: \"0666\"\n")
            let server = try audited.start()
            let directory = server.socketPath.split(separator: "/").dropLast()
            chmod("/" + directory.joined(separator: "/"), 0o711)
            func administrate(_ arguments: String...) throws {
                let result = try Program.run(
                    try BuiltPrograms.path("vaultctl"),
                    ["--socket", server.socketPath] + arguments)
                try #require(result.status == .exit(0), "\(result)")
            }
            try administrate("allow", "uid:4711", "get", "app/a")
            // Number 171, and long enough that it does not end meanwhile.
            try administrate("lease", "grant", "15", "--id", "ab")
            let keeper = try Program(
                "setpriv",
                Self.user + [
                    try BuiltPrograms.path("vaultctl"), "--socket", server.socketPath, "lease",
                    "keep-alive", "ab",
                ])
            let keeps = Waiting.until(.seconds(60)) {
                (try? audited.lines())?.contains {
                    $0.method == "etcdserverpb.Lease/LeaseKeepAlive" && $0.uid == 4711
                } == true
            }
            try #require(keeps, "\(keeper.errorText)")
            try administrate("deny", "uid:4711", "get", "app/a")
            let result = try keeper.result()
            #expect(result.status == .exit(4), "\(result)")
            try server.stop()
        }
    }
}
