import Glibc

/// Reads a configuration file that nobody but its owner, this process's user or root, can change:
/// it says where the keys and the socket are.
enum ConfigurationFile {
    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, reason: systemErrorText(errno))
        }
        defer { close(descriptor) }
        // On the open file, so that it is the one that is read.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: systemErrorText(errno))
        }
        try check(status, path)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            guard result >= 0 else {
                throw .unreadable(path: path, reason: systemErrorText(errno))
            }
            if result == 0 { break }
            count += result
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private static func check(_ status: stat, _ path: String) throws(ConfigurationError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a plain file")
        }
        guard status.st_size <= Limits.configurationBytesMax else {
            throw .unreadable(
                path: path, reason: "it has more than \(Limits.configurationBytesMax) bytes")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .unreadable(
                path: path,
                reason: "it belongs to uid \(status.st_uid); run: chown \(geteuid()) \(path)")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw .unreadable(path: path, reason: "others may change it; run: chmod go-w \(path)")
        }
    }
}
