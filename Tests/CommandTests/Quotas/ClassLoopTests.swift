import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// Connections are served by the event loops of their user's class. Needs root, to be several
    /// users.
    @Suite struct ClassLoops {
        /// An event loop's epoll descriptor, and the inodes of what it waits for.
        private typealias Loops = [String: Set<String>]

        @Test func eachClassIsServedByLoopsOfItsOwn() throws {
            guard geteuid() == 0 else {
                return print("not run: needs root, to connect as another user")
            }
            let audited = try AuditedVault(
                configuration: """
                    socket_mode: "0666"
                    event_threads: 2
                    quotas:
                      - "uid:4711 class=guaranteed rate=1000"
                      - "uid:4712 class=burstable rate=1000"
                    """)
            let server = try audited.start()
            let directory = server.socketPath.split(separator: "/").dropLast()
            chmod("/" + directory.joined(separator: "/"), 0o711)
            var used: [String: Int] = [:]
            for user: UInt32 in [4711, 4712, 4713] {
                #expect(
                    try audited.vaultctl(
                        server, "allow", "uid:\(user)", "read", "app/", "--prefix"
                    ).status == .exit(0))
                let before = try Self.loops(of: server)
                let holders = try (0..<5).map { _ in try Self.watch(server, as: user) }
                let areIn = Waiting.until(.seconds(60)) {
                    (try? audited.lines())?.count {
                        $0.method == "etcdserverpb.Watch/Watch" && $0.uid == user
                    } == holders.count
                }
                #expect(areIn, "\(holders.map(\.errorText))")
                let after = try Self.loops(of: server)
                let theirs = after.filter { loop, inodes in
                    !inodes.subtracting(before[loop] ?? []).isEmpty
                }
                #expect(theirs.count == 2, "uid \(user): \(theirs.keys)")
                for loop in theirs.keys { used[loop, default: 0] += 1 }
                for holder in holders { try holder.stop(SIGKILL) }
            }
            #expect(used.count == 6 && used.values.allSatisfy { $0 == 1 }, "\(used)")
            try server.stop()
        }

        private static func watch(_ server: VaultdServer, as user: UInt32) throws -> Program {
            try Program(
                "setpriv",
                [
                    "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups",
                    try BuiltPrograms.path("vaultctl"), "--socket", server.socketPath, "watch",
                    "app/", "--prefix",
                ])
        }

        private static func loops(of server: VaultdServer) throws -> Loops {
            let directory = "/proc/\(server.program.processID)/fdinfo"
            var loops: Loops = [:]
            for name in try Files.names(in: directory) {
                // It may have been closed meanwhile.
                guard let text = try? Files.text("\(directory)/\(name)") else { continue }
                // tfd:       12 events:       19 data: c  pos:0 ino:1f2e sdev:8
                let inodes = text.split(separator: "\n").filter { $0.hasPrefix("tfd:") }
                    .compactMap { $0.split(separator: " ").first { $0.hasPrefix("ino:") } }
                if !inodes.isEmpty { loops[name] = Set(inodes.map(String.init)) }
            }
            return loops
        }
    }
}
