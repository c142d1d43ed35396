import Glibc

/// A process's directory in /proc, kept open. It stays that process's: when the process is no more,
/// nothing can be read there, whatever process has the number then.
struct ProcessDirectory: ~Copyable, Sendable {
    private let descriptor: Int32
    /// Which control group the process is in (cgroups(7)).
    let controlGroup: ProcFile

    /// Of the process that has the number now; nil when there is none or /proc hides it.
    init?(processID: Int32) {
        let descriptor = open("/proc/\(processID)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard let controlGroup = ProcFile("cgroup", in: descriptor) else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        self.controlGroup = controlGroup
    }

    deinit { close(descriptor) }

    /// The process's effective user, whatever else it does (proc(5)); nil when it is no more.
    var userID: UInt32? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_uid : nil
    }
}
