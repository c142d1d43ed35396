internal import Glibc

/// What can be said about a socket's path before, or after, trying to connect to it.
enum SocketPath {
    /// `sun_path` has 108 bytes, the last of which ends the string (unix(7)).
    static let bytesMax = 107

    /// Looks for the mistakes that connect(2) reports badly or not at all.
    static func check(_ path: String) throws(VaultClientError) {
        guard !path.isEmpty else {
            throw VaultClientError(
                .unreachable, "the socket path is empty",
                nextStep: "name the socket with --socket or VAULTD_SOCKET")
        }
        guard path.utf8.count <= bytesMax else {
            throw VaultClientError(
                .unreachable,
                "socket path \(path) is \(path.utf8.count) bytes long, more than \(bytesMax)",
                nextStep: "use a shorter path, or a symbolic link to its directory")
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(errno: errno, path: path) }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw VaultClientError(
                .unreachable, "\(path) is not a socket",
                nextStep: "name the socket of a running vaultd")
        }
    }

    /// Why the socket could not be connected to, learned by trying once more; nil when that worked.
    static func diagnose(_ path: String) -> VaultClientError? {
        // Not blocking: a listener whose queue is full would keep a blocking connect(2) waiting.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return failure(errno: errno, path: path) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? nil : failure(errno: errno, path: path)
    }

    /// Puts the errno of stat(2) or connect(2) into words.
    static func failure(errno code: Int32, path: String) -> VaultClientError {
        switch code {
        case ENOENT, ENOTDIR:
            VaultClientError(
                .unreachable, "no socket at \(path)",
                nextStep: "start vaultd, or name its socket with --socket or VAULTD_SOCKET")
        case ECONNREFUSED:
            VaultClientError(
                .unreachable, "nobody listens at \(path)",
                nextStep: "start vaultd; the socket file is left over from one that ended")
        case EACCES, EPERM:
            VaultClientError(
                .denied, "the socket \(path) may not be opened by this user",
                nextStep: "run this as the user of vaultd, or ask an administrator for access")
        case EAGAIN:
            VaultClientError(
                .unreachable, "too many programs wait to be connected to \(path)",
                nextStep: "try again later")
        default:
            VaultClientError(
                .unreachable, "cannot connect to \(path): \(String(cString: strerror(code)))",
                nextStep: "see if vaultd is running, then try again")
        }
    }
}
