import CLinux
import Glibc
import VaultSeal

/// The files of a real directory, reached through a descriptor: what is renamed or mounted above
/// it meanwhile does not lead elsewhere.
public final class DirectoryFiles: BackupFiles, Sendable {
    public let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = Glibc.close(descriptor) }

    /// Opens a directory that exists.
    public static func open(_ path: String) throws(BackupError) -> DirectoryFiles {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw .inconclusive("cannot open \(path): \(reason); name a directory that exists")
        }
        return DirectoryFiles(path: path, descriptor: descriptor)
    }

    public func create(_ name: String) throws(FileFault) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = openat(descriptor, name, flags, 0o600)
        guard file >= 0 else { throw fault("create", name) }
        // The mode given to openat(2) is cut by the umask; this is not.
        guard fchmod(file, 0o600) == 0 else {
            let fault = fault("chmod", name)
            _ = Glibc.close(file)
            unlinkat(descriptor, name, 0)
            throw fault
        }
        return file
    }

    public func share(_ file: Int32) throws(FileFault) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault("stat", "") }
        let shared = mode_t(S_ISGID | 0o050)
        guard status.st_mode & shared == shared else { return }
        guard fchmod(file, 0o640) == 0 else { throw fault("chmod", "") }
    }

    public func open(_ name: String, appending: Bool) throws(FileFault) -> Int32 {
        let use = appending ? O_RDWR | O_APPEND : O_RDONLY
        // A pipe of that name would otherwise be waited for.
        let file = openat(descriptor, name, use | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw fault("open", name) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = Glibc.close(file)
            throw FileFault(code: EINVAL, call: "open \(name), which is not a plain file,")
        }
        return file
    }

    public func lock(_ file: Int32) throws(FileFault) -> Bool {
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw fault("lock", "") }
        return false
    }

    public func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(FileFault) -> Int {
        let count = Glibc.write(file, bytes.baseAddress, bytes.count)
        guard count >= 0 else { throw fault("write", "") }
        return count
    }

    public func setDirect(_ isDirect: Bool, _ file: Int32) -> Bool {
        vault_set_direct(file, isDirect ? 1 : 0) == 0
    }

    public func read(
        _ file: Int32, at offset: Int64, count: Int
    ) throws(FileFault) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = pread(file, buffer.baseAddress, count, off_t(offset))
            initialized = max(result, 0)
        }
        guard result >= 0 else { throw fault("read", "") }
        return bytes
    }

    public func size(of file: Int32) throws(FileFault) -> Int64 {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw fault("stat", "") }
        return Int64(status.st_size)
    }

    public func isPrivate(_ file: Int32) throws(FileFault) -> Bool {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw fault("stat", "") }
        return status.st_uid == geteuid() && status.st_mode & 0o077 == 0 && status.st_nlink == 1
    }

    public func truncate(_ file: Int32, to size: Int64) throws(FileFault) {
        guard ftruncate(file, off_t(size)) == 0 else { throw fault("truncate", "") }
    }

    public func synchronize(_ file: Int32) throws(FileFault) {
        guard fsync(file) == 0 else { throw fault("fsync", "") }
    }

    public func close(_ file: Int32) {
        // A process that was forked off just now has the descriptor, too, until it executes.
        _ = flock(file, LOCK_UN)
        _ = Glibc.close(file)
    }

    public func rename(
        _ name: String, to target: String, replacing: Bool
    ) throws(FileFault) {
        let result =
            replacing
            ? renameat(descriptor, name, descriptor, target)
            : vault_rename_without_replacing(descriptor, name, target)
        guard result == 0 else { throw fault("rename to", target) }
    }

    public func remove(_ name: String) throws(FileFault) {
        guard unlinkat(descriptor, name, 0) == 0 else { throw fault("remove", name) }
    }

    public func synchronizeDirectory() throws(FileFault) {
        guard fsync(descriptor) == 0 else { throw fault("fsync", "") }
    }

    public func names() throws(FileFault) -> [String] {
        do throws(DirectoryNames.Failure) {
            return try DirectoryNames.list(
                ".", at: descriptor, countMax: BackupLimits.namesMax
            ).sorted()
        } catch {
            throw FileFault(code: error.errno, call: "list")
        }
    }

    public func freeBytes() throws(FileFault) -> Int64 {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw fault("statvfs", "") }
        let (bytes, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    private func fault(_ call: String, _ name: String) -> FileFault {
        FileFault(code: errno, call: name.isEmpty ? call : "\(call) \(name)")
    }
}
