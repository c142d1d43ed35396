import Glibc

/// A blocking client socket, for talking below the protocol.
public final class UnixSocket: Sendable {
    /// The descriptor, closed with the last reference.
    public let descriptor: Int32

    /// Connects to the socket file at `path`.
    public init(connectingTo path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Files.failure("cannot create a socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard path.utf8.count < target.count else { return false }
            target.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw TestFailure("the socket path is too long: \(path)") }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Files.failure("cannot connect to \(path)") }
    }

    deinit { close(descriptor) }

    /// True when somebody answers at `path`.
    public static func answers(at path: String) -> Bool {
        (try? UnixSocket(connectingTo: path)) != nil
    }

    /// Sends everything, or returns false when the other side has closed.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            done += count
        }
        return true
    }

    /// What arrives next: empty when the other side closed, nil when nothing came within `timeout`.
    public func receive(timeout: Duration) -> [UInt8]? {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds =
            timeout.components.seconds * 1000
            + timeout.components.attoseconds / 1_000_000_000_000_000
        guard poll(&watched, 1, Int32(milliseconds)) > 0 else { return nil }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        return count > 0 ? Array(chunk[..<count]) : []
    }

    /// Everything until the other side closes, nil when it does not within `timeout`.
    public func receiveUntilClosed(timeout: Duration) -> [UInt8]? {
        let end = ContinuousClock.now + timeout
        var all: [UInt8] = []
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero, let next = receive(timeout: left) else { return nil }
            if next.isEmpty { return all }
            all += next
        }
    }
}
