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

    /// Its directory in /proc; nil when it has ended, or when /proc hides it (hidepid) or shows
    /// another PID namespace.
    func openDirectory() -> ProcessDirectory? {
        guard let directory = ProcessDirectory(processID: processID) else { return nil }
        // Last: if the process lives now, then it did all the while, and the number was its own.
        guard isKnownByNumber, isAlive else { return nil }
        return directory
    }

    /// The systemd service that the process is in now. nil when it is in none, has ended, or has
    /// another effective user than `userID`.
    func unit(userID: UInt32, in directory: borrowing ProcessDirectory) -> String? {
        guard let text = directory.controlGroup.read(), directory.userID == userID, isAlive
        else { return nil }
        return ServiceUnit.unitText(ofCgroupFile: text)
    }

    /// /proc knows it by our number.
    private var isKnownByNumber: Bool {
        guard let file = ProcFile("/proc/self/fdinfo/\(descriptor)"), let text = file.read()
        else { return false }
        return text.split(separator: UInt8(ascii: "\n")).contains {
            $0.elementsEqual("Pid:\t\(processID)".utf8)
        }
    }

    private var isAlive: Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Ready when it has ended, waited for or not.
        return poll(&watched, 1, 0) == 0
    }
}
