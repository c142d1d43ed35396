import Glibc
import VaultSeal

/// Private directories that are made for a while.
enum DirectoryTree {
    /// Makes a new directory of mode 0700 below another one. nil, with errno, when it cannot.
    static func make(in base: String, prefix: String) -> String? {
        var template = Array("\(base)/\(prefix).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a directory with all that is in it, and follows no link.
    ///
    /// - Parameter wiping: whether files are overwritten before, where they are.
    static func remove(_ path: String, wiping: Bool = false) {
        for name in DirectoryNames.readable(path) {
            let file = path + "/" + name
            if wiping { wipe(file) }
            if unlink(file) != 0 { remove(file, wiping: wiping) }
        }
        rmdir(path)
    }

    private static func wipe(_ path: String) {
        // An editor may leave a pipe or a socket, which must not make this wait.
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let zeros = [UInt8](repeating: 0, count: 64 * 1024)
        var place: off_t = 0
        while place < status.st_size {
            let count = pwrite(
                descriptor, zeros, min(zeros.count, Int(status.st_size - place)), place)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            place += off_t(count)
        }
    }
}
