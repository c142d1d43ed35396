import Glibc

/// Copies of this process's descriptors of one file, as a process that was forked off just now has
/// them until it executes. Closed with the last reference.
public final class DescriptorCopies: Sendable {
    private let copies: [Int32]

    /// How many there are.
    public var count: Int { copies.count }

    /// Copies what is open of the file at `path`.
    public init(of path: String) throws {
        var file = stat()
        guard lstat(path, &file) == 0 else { throw Files.failure("cannot look at \(path)") }
        copies = try Files.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter {
            var other = stat()
            return fstat($0, &other) == 0 && other.st_dev == file.st_dev
                && other.st_ino == file.st_ino
        }.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
    }

    deinit { for copy in copies { close(copy) } }
}
