import Glibc
import VaultTestSupport

/// A machine of its own with a real systemd, in namespaces of this one.
final class SmallMachine: Sendable {
    /// Why there can be none here; nil when there can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "only root may make namespaces" }
        if let obstacle = ControlGroup.obstacle { return obstacle }
        guard access("/lib/systemd/systemd", X_OK) == 0 else { return "systemd is not installed" }
        let probe = ["--mount", "--pid", "--cgroup", "--net", "--fork", "mount", "-t", "proc"]
        let result = try? Program.run("unshare", probe + ["proc", "/proc"])
        return result?.status == .exit(0) ? nil : "no namespaces: \(result?.errorText ?? "")"
    }()

    private let program: Program
    private let directory: TemporaryDirectory
    private let group: ControlGroup
    private let systemd: String

    init(_ tree: InstalledTree) throws {
        directory = try TemporaryDirectory()
        group = try ControlGroup("vaultd-test-machine-\(getpid())")
        chmod(directory.path, 0o755)
        for name in ["root", "state"] { mkdir(directory.file(name), 0o755) }
        let script = """
            echo $$ >"$0/cgroup.procs" || exit 99
            exec unshare --mount --pid --cgroup --uts --ipc --net --fork --kill-child "$@"
            """
        let program = try Program(
            "/bin/sh",
            [
                "-c", script, group.path, "sh", "\(SourceTree.root)/Tests/DeployTests/machine.sh",
                directory.file("root"), tree.root, directory.file("state"),
            ])
        self.program = program
        let children = "/proc/\(program.processID)/task/\(program.processID)/children"
        _ = Waiting.until(.seconds(60)) {
            program.ended != nil || (try? Files.text(children))?.isEmpty == false
        }
        systemd = try Files.text(children).split(separator: " ").first.map(String.init) ?? ""
        let isUp = Waiting.until(.seconds(60)) {
            guard program.ended == nil else { return true }
            let result = try? Program.run("nsenter", inside(["systemctl", "is-system-running"]))
            return ["running\n", "degraded\n"].contains(result?.outputText)
        }
        guard isUp, program.ended == nil else {
            throw TestFailure("systemd did not start: \(program.errorText)")
        }
    }

    deinit {
        // Files that were made immutable cannot be removed otherwise.
        _ = try? Program.run("chattr", ["-R", "-i", directory.file("state")])
        program.signal(SIGKILL)
        // --kill-child ends the machine. Control groups are removed from the inside out, and the
        // kernel wants a moment until the last process has left.
        let groups = [group.path, "-mindepth", "1", "-depth", "-type", "d", "-exec", "rmdir", "{}"]
        _ = Waiting.until(.seconds(20)) {
            (try? Program.run("find", groups + ["+"]))?.status == .exit(0)
        }
    }

    private func inside(_ command: [String]) -> [String] {
        [
            "--target", systemd, "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--net",
            "env", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ] + command
    }

    /// Runs a script of the shell's on the machine, as root.
    func run(_ script: String) throws -> ProgramResult {
        try Program.run("nsenter", inside(["sh", "-c", script]), timeout: .seconds(120))
    }
}
