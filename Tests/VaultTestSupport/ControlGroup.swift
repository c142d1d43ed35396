import Glibc

/// A directory of the cgroup v2 tree, removed with the last reference to it.
public final class ControlGroup: Sendable {
    /// Why tests with control groups do not run; nil when they do.
    public static let obstacle: String? = {
        guard geteuid() == 0 else { return "only root may make control groups" }
        do {
            _ = try ControlGroup("vaultd-test-probe-\(getpid())")
            return nil
        } catch {
            return "\(error)"
        }
    }()

    /// Where its files are.
    public let path: String
    private let parent: ControlGroup?

    /// Right below the root of the tree.
    public convenience init(_ name: String) throws {
        guard let root = try Self.root() else { throw TestFailure("no cgroup2 in /proc/mounts") }
        try self.init(path: "\(root)/\(name)", parent: nil)
    }

    /// Below this one.
    public func child(_ name: String) throws -> ControlGroup {
        try ControlGroup(path: "\(path)/\(name)", parent: self)
    }

    private init(path: String, parent: ControlGroup?) throws {
        guard mkdir(path, 0o755) == 0 else {
            throw TestFailure("cannot create \(path): \(String(cString: strerror(errno)))")
        }
        self.path = path
        self.parent = parent
    }

    deinit {
        // Busy until the kernel is done with those who ended in it.
        if !Waiting.until(.seconds(10), { rmdir(path) == 0 || errno != EBUSY }) {
            print("\(path) stays behind")
        }
    }

    /// Moves a process here.
    public func add(_ processID: Int32) throws {
        let file = open("\(path)/cgroup.procs", O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let text = Array("\(processID)".utf8)
        guard file >= 0, write(file, text, text.count) == text.count else {
            throw TestFailure("cannot move \(processID) to \(path)")
        }
    }

    private static func root() throws -> String? {
        for line in try Files.text("/proc/mounts").split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 2, fields[2] == "cgroup2" { return String(fields[1]) }
        }
        return nil
    }
}
