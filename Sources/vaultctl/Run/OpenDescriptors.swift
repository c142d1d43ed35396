import Glibc

/// The open descriptors of this process.
struct OpenDescriptors {
    private let numbers: Set<Int32>

    init() {
        var numbers: Set<Int32> = []
        guard let directory = opendir("/proc/self/fd") else {
            self.numbers = numbers
            return
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = Int32(name), number != dirfd(directory) { numbers.insert(number) }
        }
        self.numbers = numbers
    }

    /// Keeps what was opened since then from a program that is started. What this program was
    /// given itself is passed on: a shell's `<(command)`, a socket of systemd's.
    static func keepToItself(since earlier: OpenDescriptors) {
        for number in OpenDescriptors().numbers.subtracting(earlier.numbers) where number > 2 {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }
}
