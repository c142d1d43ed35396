/// Why a socket cannot be listened on.
public enum ListenError: Error, Equatable, Sendable {
    /// Somebody answers on that path: stop that server first, or use another path.
    case inUse(path: String)
    /// The path exists and is not a socket: it is left alone. Use another path.
    case notASocket(path: String)
    /// UNIX socket paths have at most 107 bytes: use a shorter one.
    case pathTooLong(path: String, bytes: Int)
    /// Users other than the owner may replace files in the socket's directory: use another one, or
    /// take the permission away.
    case unsafeDirectory(path: String)
    /// An inherited descriptor is not a listening UNIX stream socket.
    case unusableInheritedSocket(descriptor: Int32)
    /// A system call failed.
    case system(errno: Int32, operation: String)
}
