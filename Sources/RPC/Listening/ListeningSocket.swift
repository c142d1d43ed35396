import Glibc

/// A UNIX stream socket that listens, ready for `Server.start`.
public struct ListeningSocket: Sendable {
    /// Where it was bound; nil for an inherited socket, whose path is somebody else's.
    public let path: String?
    let descriptor: Int32
    /// The file that `bind` made, by which `removePath` recognises it.
    private let file: FileIdentity?

    struct FileIdentity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    /// Creates a socket file with exactly `mode` and listens on it.
    ///
    /// A socket that nobody answers on is replaced; anything else at `path` is left alone. The
    /// socket is bound under a temporary name, given its mode, and renamed, so that it is never
    /// there with another mode and never there without listening.
    public static func bind(
        path: String, mode: UInt32 = 0o600, backlog: Int32 = 1024
    ) throws(ListenError) -> ListeningSocket {
        let temporary = path + ".new"
        // sun_path has 108 bytes, the last one 0; the temporary name must fit as well.
        guard temporary.utf8.count <= UnixAddress.pathBytesMax else {
            throw .pathTooLong(path: path, bytes: path.utf8.count)
        }
        try checkDirectory(of: path)
        try checkReplaceable(path)
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
            0)
        guard descriptor >= 0 else { throw .system(errno: errno, operation: "socket") }
        do throws(ListenError) {
            return try bind(
                descriptor, path: path, temporary: temporary, mode: mode, backlog: backlog)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    private static func bind(
        _ descriptor: Int32, path: String, temporary: String, mode: UInt32, backlog: Int32
    ) throws(ListenError) -> ListeningSocket {
        unlink(temporary)
        // fchmod before bind sets the mode that bind starts from: the file is never wider than
        // `mode`, whatever the umask.
        try check(fchmod(descriptor, mode), "fchmod")
        try check(UnixAddress.with(temporary) { Glibc.bind(descriptor, $0, $1) }, "bind")
        do throws(ListenError) {
            try check(chmod(temporary, mode), "chmod")
            try check(listen(descriptor, backlog), "listen")
            guard let file = identity(of: temporary) else {
                throw ListenError.system(errno: errno, operation: "lstat")
            }
            try check(rename(temporary, path), "rename")
            return ListeningSocket(path: path, descriptor: descriptor, file: file)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Removes the socket file, when it is still the one that `bind` made.
    public func removePath() {
        guard let path, let file, Self.identity(of: path) == file else { return }
        unlink(path)
    }

    /// Stops listening; the server does this when it drains.
    func close() {
        Glibc.close(descriptor)
    }

    // MARK: Inherited sockets

    /// The sockets that systemd passes (sd_listen_fds(3)): none when `LISTEN_PID` is not this
    /// process. The variables are removed, so that no child takes the sockets for its own. Call
    /// it before other threads start.
    public static func inherited() throws(ListenError) -> [ListeningSocket] {
        defer {
            unsetenv("LISTEN_PID")
            unsetenv("LISTEN_FDS")
            unsetenv("LISTEN_FDNAMES")
        }
        guard let process = number("LISTEN_PID"), process == getpid(),
            let count = number("LISTEN_FDS"), count > 0
        else { return [] }
        // SD_LISTEN_FDS_START is 3; systemd passes a handful at most.
        let first: Int32 = 3
        guard count <= 1024 else { throw .unusableInheritedSocket(descriptor: first) }
        var sockets: [ListeningSocket] = []
        for descriptor in first..<first + count {
            sockets.append(try adopt(descriptor))
        }
        return sockets
    }

    /// Checks and takes over a descriptor that listens already.
    static func adopt(_ descriptor: Int32) throws(ListenError) -> ListeningSocket {
        guard option(SO_DOMAIN, of: descriptor) == AF_UNIX,
            option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            option(SO_ACCEPTCONN, of: descriptor) == 1
        else { throw .unusableInheritedSocket(descriptor: descriptor) }
        try check(fcntl(descriptor, F_SETFD, FD_CLOEXEC), "fcntl")
        let flags = fcntl(descriptor, F_GETFL)
        try check(fcntl(descriptor, F_SETFL, flags | O_NONBLOCK), "fcntl")
        return ListeningSocket(path: nil, descriptor: descriptor, file: nil)
    }

    private static func number(_ variable: String) -> Int32? {
        getenv(variable).flatMap { Int32(String(cString: $0)) }
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, name, &value, &count) == 0 else { return nil }
        return value
    }

    // MARK: Checks

    /// In a directory that others may write to (without the sticky bit), anybody could put their
    /// own socket in this one's place and collect what clients send.
    private static func checkDirectory(of path: String) throws(ListenError) {
        let directory = path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/")
        let name = directory.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : directory
        var status = stat()
        try check(stat(name, &status), "stat")
        let writableByOthers = status.st_mode & 0o022 != 0
        let isSticky = status.st_mode & 0o1000 != 0
        let isForeign = status.st_uid != 0 && status.st_uid != geteuid()
        if writableByOthers && !isSticky || isForeign {
            throw .unsafeDirectory(path: name)
        }
    }

    private static func checkReplaceable(_ path: String) throws(ListenError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .system(errno: errno, operation: "lstat")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let probe = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
            0)
        guard probe >= 0 else { throw .system(errno: errno, operation: "socket") }
        defer { Glibc.close(probe) }
        let result = UnixAddress.with(path) { connect(probe, $0, $1) }
        // Anything but a refusal (a full queue: EAGAIN; no permission: EACCES) may be alive.
        guard result != 0, errno == ECONNREFUSED || errno == ENOENT else {
            throw .inUse(path: path)
        }
    }

    private static func identity(of path: String) -> FileIdentity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    private static func check(_ result: Int32, _ operation: String) throws(ListenError) {
        if result != 0 { throw .system(errno: errno, operation: operation) }
    }
}
