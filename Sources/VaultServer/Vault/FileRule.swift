import Glibc

/// What a path must be before its content is trusted.
enum FileRule {
    /// A directory that is ours alone (0700).
    case directory
    /// A plain file that is ours alone (0600).
    case file

    func check(_ path: String) throws(DataDirectoryError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw .system(path: path, operation: "stat", errno: errno)
        }
        switch self {
        case .directory:
            guard status.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(path: path) }
        case .file:
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw .wrongKind(path: path, wanted: "a plain file")
            }
        }
        guard status.st_uid == geteuid() else {
            throw .wrongOwner(path: path, found: status.st_uid, wanted: geteuid())
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .looseMode(
                path: path, found: UInt16(status.st_mode & 0o7777), wanted: modeWanted)
        }
    }

    private var modeWanted: UInt16 {
        switch self {
        case .directory: 0o700
        case .file: 0o600
        }
    }
}
