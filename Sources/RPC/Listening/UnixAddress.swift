import Glibc

/// `sockaddr_un` of a path.
enum UnixAddress {
    /// sun_path has 108 bytes, the last of them zero.
    static let pathBytesMax = 107

    /// Calls `body` with the address; the path has been checked against `pathBytesMax`.
    static func with<R>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        precondition(path.utf8.count <= pathBytesMax, "path of a socket is too long")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
