import Glibc

/// Calls `body` with the address of a UNIX socket; nil when `path` does not fit in one. A leading
/// "@" stands for the zero byte of an abstract address, as in `NOTIFY_SOCKET`.
func withUnixAddress<Value>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
) -> Value? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = [UInt8](path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        return nil
    }
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    // SAFETY: `bytes` is shorter than `sun_path`, which is zeroed, so that the path is terminated.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    // SAFETY: every kind of socket address starts with its family; the pointer is used for the
    // duration of the call only.
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(length))
        }
    }
}
