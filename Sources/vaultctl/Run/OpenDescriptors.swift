import Glibc
import VaultSeal

/// The open descriptors of this process.
struct OpenDescriptors {
    /// nil where they cannot be listed.
    private let numbers: Set<Int32>?

    init() {
        do throws(DirectoryNames.Failure) {
            let numbers = try DirectoryNames.list("/proc/self/fd").compactMap { Int32($0) }
            // Without the one that they were listed with.
            self.numbers = Set(numbers.filter { fcntl($0, F_GETFD) >= 0 })
        } catch {
            numbers = nil
        }
    }

    /// Keeps what was opened since then from a program that is started. What this program was
    /// given itself is passed on: a shell's `<(command)`, a socket of systemd's.
    static func keepToItself(since earlier: OpenDescriptors) {
        guard let given = earlier.numbers, let open = OpenDescriptors().numbers else { return }
        for number in open.subtracting(given) where number > 2 {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }
}
