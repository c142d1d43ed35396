import Glibc
import Synchronization

/// The directory of one vault: checked, locked, and held by this process until released.
///
/// Nobody but the daemon's own user may read or write it; a directory that others can change could
/// be swapped for another vault's.
final class DataDirectory: Sendable {
    let path: String
    // The open lock file, until released; the kernel drops the lock when the process ends, however
    // it ends.
    private let lockDescriptor: Mutex<Int32?>

    private init(path: String, lockDescriptor: Int32) {
        self.path = path
        self.lockDescriptor = Mutex(lockDescriptor)
    }

    deinit {
        release()
    }

    /// Lets another vaultd have the directory. Nothing of it may be used afterwards.
    func release() {
        let descriptor = lockDescriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let descriptor else { return }
        // A process that was forked off just now has the descriptor, too, until it executes.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Checks `path` and everything of ours in it, creates it when it is missing, and locks it.
    static func acquire(_ path: String) throws(DataDirectoryError) -> DataDirectory {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system(path: path, operation: "mkdir", errno: errno)
        }
        try FileRule.directory.check(path)
        // LOCK is opened before the rest is looked at: the owner of the lock may be replacing it.
        let descriptor = try lock(path)
        let directory = DataDirectory(path: path, lockDescriptor: descriptor)
        for file in DataDirectoryFile.allCases where exists(path + "/" + file.rawValue) {
            try file.rule.check(path + "/" + file.rawValue)
        }
        return directory
    }

    func path(of file: DataDirectoryFile) -> String { path + "/" + file.rawValue }

    func contains(_ file: DataDirectoryFile) -> Bool { Self.exists(path(of: file)) }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func lock(_ directory: String) throws(DataDirectoryError) -> Int32 {
        let path = directory + "/" + DataDirectoryFile.lock.rawValue
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw .wrongKind(path: path, wanted: "a plain file") }
            throw .system(path: path, operation: "open", errno: errno)
        }
        var failure: DataDirectoryError?
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            failure =
                errno == EWOULDBLOCK
                ? .inUse(path: directory)
                : .system(path: path, operation: "lock", errno: errno)
        }
        guard let failure else { return descriptor }
        close(descriptor)
        throw failure
    }
}
