import Glibc
import Testing

@testable import VaultServer

@Suite struct ConfinementTests {
    private func plan(
        keyfile: String = "", isDevelopment: Bool = false, environment: [String: String] = [:]
    ) -> ConfinementPlan {
        var configuration = ServerConfiguration()
        configuration.dataDirectory = "/data"
        configuration.socket = "/run/v/s"
        configuration.keyfile = keyfile
        return ConfinementPlan(
            configuration, isDevelopment: isDevelopment, environment: environment)
    }

    @Test func onlyTheDirectoriesOfDataAndSocketCanBeChanged() {
        let changeable = plan(keyfile: "/key").rules.filter { $0.rights.contains(.makeFile) }
        #expect(changeable.map(\.path) == ["/data", "/run/v"])
    }

    @Test func theKeyFileAndCredentialsOfSystemdCanBeRead() {
        let plan = plan(keyfile: "/key", environment: ["CREDENTIALS_DIRECTORY": "/run/cred"])
        #expect(plan.rules.contains(PathRule(path: "/key", rights: .read)))
        #expect(plan.rules.contains(PathRule(path: "/run/cred", rights: .read)))
    }

    @Test func nothingCanBeExecuted() {
        #expect(plan().rules.allSatisfy { !$0.rights.contains(.execute) })
    }

    @Test func aPathCanBeAdded() {
        var plan = plan()
        plan.change("/anchor")
        #expect(plan.rules.last == PathRule(path: "/anchor", rights: .readAndChange))
    }

    @Test(arguments: [("/run/v/s", "/run/v"), ("/s", "/"), ("s", "."), ("a/s", "a")])
    func theDirectoryOfASocketIsFound(_ path: String, _ directory: String) {
        #expect(ConfinementPlan.directory(of: path) == directory)
    }

    @Test(arguments: [(0, 0), (1, 0x1fff), (2, 0x3fff), (3, 0x7fff), (4, 0x7fff), (7, 0xffff)])
    func whatAVersionDoesNotKnowIsNotAskedOfIt(_ version: Int, _ rights: UInt64) {
        #expect(FileRights.known(toVersion: version).rawValue == rights)
    }

    @Test func aConfinedProcessReachesItsDirectoriesAndNothingElse() async {
        guard Confinement.available != .unavailable else {
            return print("not run: this kernel has no Landlock")
        }
        await #expect(processExitsWith: .success) {
            let (own, other) = (TestDirectory(), TestDirectory())
            other.write("secret", to: "f")
            var configuration = ServerConfiguration()
            configuration.dataDirectory = own.path + "/data"
            configuration.socket = own.path + "/run/s"
            guard Hardening.apply().isEmpty else { exit(2) }
            let outcome = Confinement.apply(
                ConfinementPlan(configuration, isDevelopment: false, environment: [:]))
            guard case .confined = outcome else { exit(3) }
            // Its own, which was made on the way.
            let inside = open(own.path + "/data/f", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard inside >= 0 else { exit(4) }
            guard unlink(own.path + "/data/f") == 0 else { exit(5) }
            // Another's: neither read nor written.
            guard open(other.path + "/f", O_RDONLY | O_CLOEXEC) < 0, errno == EACCES else {
                exit(6)
            }
            guard open(other.path + "/g", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) < 0,
                errno == EACCES
            else { exit(7) }
            // What the system's libraries need.
            guard open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 else { exit(8) }
            guard open("/proc/self/status", O_RDONLY | O_CLOEXEC) >= 0 else { exit(9) }
            guard open("/etc/passwd", O_WRONLY | O_CLOEXEC) < 0 else { exit(10) }
            exit(0)
        }
    }
}
