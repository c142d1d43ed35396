import CLinux
import Glibc

/// A process that cannot be mistaken for a later one with the same number. Owns a pidfd.
struct PinnedProcess: ~Copyable, Sendable {
    private let processID: Int32
    /// The pidfd: close-on-exec, as the kernel makes all of them.
    let descriptor: Int32

    /// How the process is found.
    enum Means {
        /// By the socket (SO_PEERPIDFD, Linux 6.5), and where the kernel cannot, by its number.
        case socket
        /// By its number alone: right only if the process lives still. Callers ask at once.
        case number
    }

    /// nil when the process has ended, is in another PID namespace (its number is 0 then) or no
    /// descriptor is left.
    init?(processID: Int32, socket: Int32, means: Means = .socket) {
        guard processID > 0 else { return nil }
        var descriptor: Int32 = -1
        if means == .socket {
            descriptor = vault_peer_pidfd(socket)
            // Any other refusal is about this process, and its number may be another's by now.
            guard descriptor >= 0 || errno == ENOPROTOOPT else { return nil }
        }
        if descriptor < 0 { descriptor = vault_pidfd_open(processID) }
        guard descriptor >= 0 else { return nil }
        self.processID = processID
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The systemd service that the process is in now. nil when it is in none, has ended, or has
    /// another effective user than `userID`; or when /proc hides it (hidepid) or shows another PID
    /// namespace.
    func unit(userID: UInt32) -> String? {
        let directory = open("/proc/\(processID)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        defer { close(directory) }
        let text = Self.read("cgroup", in: directory)
        var status = stat()
        // The directory belongs to the effective user whatever the process does (proc(5)).
        guard let text, fstat(directory, &status) == 0, status.st_uid == userID else { return nil }
        // Last: if the process lives now, then it did all the while, and the number was its own.
        guard isAlive else { return nil }
        return ServiceUnit.unitText(ofCgroupFile: text)
    }

    /// The process has not ended, and /proc knows it by our number.
    private var isAlive: Bool {
        guard let text = Self.read("/proc/self/fdinfo/\(descriptor)", in: AT_FDCWD),
            text.split(separator: UInt8(ascii: "\n")).contains(where: {
                $0.elementsEqual("Pid:\t\(processID)".utf8)
            })
        else { return false }
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Ready when it has ended, waited for or not.
        return poll(&watched, 1, 0) == 0
    }

    /// The whole file; nil when it cannot be read or is too long.
    private static func read(_ path: String, in directory: Int32) -> [UInt8]? {
        let descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let limit = IdentityLimits.procFileBytesMax
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            while count <= limit {
                let result = Glibc.read(
                    descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                guard result >= 0 else { return }
                if result == 0 {
                    isWhole = true
                    return
                }
                count += result
            }
        }
        return isWhole ? bytes : nil
    }
}
