import Glibc
import VaultTestSupport

/// A file system of its own, small enough to be filled; gone with the last reference.
final class SmallDisk {
    private let size: String
    private var directory: String?

    /// nil when this user may not mount anything.
    init?(mebibytes: Int) throws {
        size = "size=\(mebibytes)m,mode=0700"
        let probe = try TemporaryDirectory()
        guard geteuid() == 0,
            try Self.mount(probe.path, size).status == .exit(0)
        else { return nil }
        umount(probe.path)
    }

    deinit { unmount() }

    /// Also while somebody uses it.
    func unmount() {
        if let directory { umount2(directory, Int32(MNT_DETACH)) }
        directory = nil
    }

    /// Copies what is in the directory, and mounts over it.
    func mount(over directory: String) throws {
        let files = try Files.names(in: directory).map {
            ($0, try Files.read("\(directory)/\($0)"))
        }
        let result = try Self.mount(directory, size)
        guard result.status == .exit(0) else { throw TestFailure("cannot mount: \(result)") }
        self.directory = directory
        for (name, bytes) in files { try Files.write(bytes, to: "\(directory)/\(name)") }
    }

    private static func mount(_ directory: String, _ options: String) throws -> ProgramResult {
        try Program.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory])
    }

    private var filler: String {
        get throws {
            guard let directory else { throw TestFailure("nothing is mounted") }
            return "\(directory)/filler"
        }
    }

    /// Leaves no byte free.
    func fill() throws {
        let file = open(try filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(file) }
        let zeros = [UInt8](repeating: 0, count: 4096)
        while write(file, zeros, zeros.count) > 0 {}
        guard errno == ENOSPC else { throw TestFailure("the disk does not get full: \(errno)") }
    }

    func empty() throws { unlink(try filler) }
}
