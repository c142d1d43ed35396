import CLinux
import Glibc

/// Client sockets, and waiting for several of them.
enum UnixClient {
    static func connect(_ path: String) throws -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard path.utf8.count < target.count else { return false }
            target.copyBytes(from: path.utf8)
            return true
        }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, fits, result == 0 else {
            throw RawConnection.Failure(description: "cannot connect to \(path)")
        }
        return descriptor
    }

    /// Waits until one of `connections` has something to read, or until `deadline`; returns the
    /// indices of those that have.
    static func wait(
        for connections: [RawConnection], until deadline: Int64 = .max
    ) -> [Int] {
        // Of the calls that wait, the one with microseconds that every libc declares.
        var ready = fd_set()
        var highest: Int32 = 0
        withUnsafeMutableBytes(of: &ready) { bits in
            for connection in connections {
                highest = max(highest, connection.descriptor)
                bits[Int(connection.descriptor) / 8] |= 1 << (connection.descriptor % 8)
            }
        }
        let microseconds = min(max(0, deadline - Nanoseconds.now()), 1_000_000_000) / 1000
        var timeout = timeval(
            tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
        guard select(highest + 1, &ready, nil, nil, &timeout) > 0 else { return [] }
        return withUnsafeBytes(of: &ready) { bits in
            connections.indices.filter {
                let descriptor = connections[$0].descriptor
                return bits[Int(descriptor) / 8] & 1 << (descriptor % 8) != 0
            }
        }
    }
}

enum Nanoseconds {
    /// Of the monotonic clock, which all processes share.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Processor time that this process has used.
    static func used() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
