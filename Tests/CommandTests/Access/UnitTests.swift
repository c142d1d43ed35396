import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// Services and their rights, with real processes in real control groups.
    @Suite(.enabled(if: ControlGroup.obstacle == nil, "\(ControlGroup.obstacle ?? "")"))
    struct Units {
        private let server: VaultdServer
        private let directory: TemporaryDirectory
        private let unit: String
        private let group: ControlGroup

        init() throws {
            let home = try TemporaryDirectory()
            server = try VaultdServer(["--dev"], directory: home)
            // The services run as another user, who goes through here.
            chmod(home.path, 0o711)
            chmod(server.socketPath, 0o666)
            directory = try TemporaryDirectory()
            var random = SystemRandomNumberGenerator()
            unit = "vaultd-test-\(UInt32.random(in: 0...UInt32.max, using: &random)).service"
            group = try ControlGroup(unit)
            try administrate(["put", "app/a"], input: "first")
            try administrate(["put", "other"], input: "hidden")
        }

        private func administrate(_ arguments: [String], input: String = "") throws {
            let result = try Program.run(
                try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + arguments,
                input: Array(input.utf8))
            try #require(result.status == .exit(0), "\(result)")
        }

        /// What starts a program as another user in a control group.
        private func words(_ command: [String], in group: ControlGroup) -> [String] {
            let script = """
                echo $$ >\(group.path)/cgroup.procs || exit 99
                exec setpriv --reuid 4711 --regid 4711 --clear-groups "$@"
                """
            return ["-c", script, "sh"] + command
        }

        private func get(_ key: String, in group: ControlGroup) throws -> ProgramResult {
            let vaultctl = try BuiltPrograms.path("vaultctl")
            return try Program.run(
                "/bin/sh",
                words([vaultctl, "--socket", server.socketPath, "get", key], in: group))
        }

        @Test func aServiceHasWhatItsUnitIsAllowed() throws {
            #expect(try get("app/a", in: group).status == .exit(4))
            try administrate(["allow", "unit:\(unit)", "read", "app/", "--prefix"])
            let result = try get("app/a", in: group)
            #expect(result.status == .exit(0), "\(result)")
            #expect(result.outputText == "first\n")
            #expect(try get("other", in: group).status == .exit(4))
            // The same user elsewhere has nothing.
            let elsewhere = try ControlGroup("other-\(unit)")
            #expect(try get("app/a", in: elsewhere).status == .exit(4))
            try administrate(["deny", "unit:\(unit)", "read", "app/", "--prefix"])
            #expect(try get("app/a", in: group).status == .exit(4))
        }

        /// A service that may make groups below its own calls them what it likes.
        @Test func aDelegatedGroupGainsNothingByItsName() throws {
            let evil = "evil-\(unit)"
            try administrate(["allow", "unit:\(unit)", "read", "app/", "--prefix"])
            try administrate(["allow", "unit:\(evil)", "read", "other"])
            let inside = try group.child(evil)
            #expect(try get("other", in: inside).status == .exit(4))
            // It is still its service.
            #expect(try get("app/a", in: inside).status == .exit(0))
        }

        /// Rights that come from the service go with it: for what is asked on a connection that
        /// was open before, and for the watches that were there already.
        @Test func whoLeavesTheServiceLosesItsRights() throws {
            try administrate(["allow", "unit:\(unit)", "read", "app/", "--prefix"])
            let lines = directory.file("lines")
            try #require(mkfifo(lines, 0o600) == 0)
            // Keeps its connection and asks when it is told to.
            let asking = try watcher(
                [try BuiltPrograms.system("etcdctl", package: "etcd-client"), "watch", "-i"],
                input: lines)
            try say("watch app/ --prefix", to: lines)
            let watching = try watcher(
                [
                    try BuiltPrograms.path("vaultctl"), "--socket", server.socketPath, "watch",
                    "app/", "--prefix",
                ], input: "/dev/null")
            // Puts until both have told of one: the watches are there.
            try #require(
                try Waiting.until(.seconds(60)) {
                    try administrate(["put", "app/a"], input: "seen")
                    return asking.outputText.contains("seen")
                        && watching.outputText.contains("app/a")
                }, "\(asking.errorText)\(watching.errorText)")
            let elsewhere = try ControlGroup("other-\(unit)")
            for program in [asking, watching] { try elsewhere.add(program.processID) }
            let result = try watching.result(timeout: .seconds(60))
            #expect(result.status == .exit(4), "\(result)")
            try administrate(["put", "app/a"], input: "late")
            try say("watch app/a", to: lines)
            try #require(
                Waiting.until(.seconds(60)) { asking.errorText.contains("permission denied") },
                "\(asking.outputText)\(asking.errorText)")
            #expect(!asking.outputText.contains("late"))
            try asking.stop(SIGKILL)
        }

        private func watcher(_ command: [String], input: String) throws -> Program {
            let words = words(command, in: group).map {
                $0.replacing("exec setpriv", with: "exec 0<>\(input); exec setpriv")
            }
            return try Program(
                "/bin/sh", words,
                environment: ["ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": server.endpoint])
        }

        private func say(_ line: String, to fifo: String) throws {
            let file = open(fifo, O_WRONLY | O_CLOEXEC)
            defer { close(file) }
            let bytes = Array("\(line)\n".utf8)
            try #require(write(file, bytes, bytes.count) == bytes.count)
        }
    }
}
