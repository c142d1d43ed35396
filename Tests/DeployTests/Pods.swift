import Glibc
import VaultTestSupport

/// The pods of the manifests on this machine, as `pod.py` makes them: real users, mounts and
/// commands, and no cluster.
final class Pods: Sendable {
    /// Why there can be none here; nil when there can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "only root may make namespaces" }
        let probe = ["--mount", "--pid", "--ipc", "--net", "--fork", "mount", "-t", "proc"]
        let result = try? Program.run("unshare", probe + ["proc", "/proc"])
        return result?.status == .exit(0) ? nil : "no namespaces: \(result?.errorText ?? "")"
    }()

    static let manifests = "\(SourceTree.root)/deploy/kubernetes"
    private let directory: TemporaryDirectory
    /// What the image has below `/usr/local`.
    private let image: InstalledTree

    init() throws {
        directory = try TemporaryDirectory()
        image = try InstalledTree()
        for name in ["claims", "secrets", "configMaps"] { mkdir(directory.file(name), 0o755) }
        guard symlink(image.root + image.prefix, directory.file("local")) == 0 else {
            throw TestFailure("cannot link the programs: \(errno)")
        }
    }

    /// Where the files of a claim, a secret or a ConfigMap are.
    func file(_ path: String) -> String { directory.file(path) }

    /// The pod that goes on until it is let go of.
    func start(_ name: String) throws -> Program {
        try Program("/usr/bin/python3", arguments(name, []))
    }

    /// A run of the job, or of a command in its place.
    func run(_ name: String, _ command: [String] = []) throws -> ProgramResult {
        try Program.run("/usr/bin/python3", arguments(name, command), timeout: .seconds(240))
    }

    /// A command in the place of the job's has to succeed.
    func require(_ name: String, _ command: [String]) throws -> String {
        let result = try run(name, command)
        guard result.status == .exit(0) else { throw TestFailure("\(name) \(command): \(result)") }
        return result.outputText
    }

    private func arguments(_ name: String, _ command: [String]) -> [String] {
        ["\(SourceTree.root)/Tests/DeployTests/pod.py", Self.manifests, name, directory.path]
            + command
    }
}
