import CLinux
import Glibc
import VaultSeal

/// The log's directory and every system call that is made in it. Names are relative to the open
/// directory, so that a directory put in its place is not written to.
final class AuditDisk: Sendable {
    let path: String
    private let descriptor: Int32
    private let hook: AuditFault.Hook?

    /// Opens the directory, and makes it when there is none. Throws `.unsafe` unless it is this
    /// user's and nobody else may enter it.
    init(path: String, hook: AuditFault.Hook?) throws(AuditError) {
        self.path = path
        self.hook = hook
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system(errno: errno, operation: "create \(path)")
        }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno: errno, operation: "open \(path)") }
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(errno: errno, operation: "stat \(path)")
        }
        if let complaint = Self.complaint(status, kind: S_IFDIR) {
            throw .unsafe("\(path) \(complaint)")
        }
    }

    deinit { close(descriptor) }

    /// Opens a file that is there; nil when it is not. Throws `.unsafe` unless it is a file with
    /// one name, this user's, and nobody else's to read or write.
    func open(_ name: String, _ flags: Int32) throws(AuditError) -> AuditFile? {
        try fault(.open, "open", name)
        let opened = openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("open", name)
        }
        let file = AuditFile(descriptor: opened)
        let status = try status(of: file, name)
        if let complaint = Self.complaint(status, kind: S_IFREG) {
            throw .unsafe("\(path)/\(name) \(complaint)")
        }
        return file
    }

    func create(_ name: String, _ flags: Int32) throws(AuditError) -> AuditFile {
        try fault(.create, "create", name)
        let created = openat(
            descriptor, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard created >= 0 else { throw failure("create", name) }
        let file = AuditFile(descriptor: created)
        // The mode given to open(2) is cut by the umask; this is not.
        guard fchmod(created, 0o600) == 0 else { throw failure("chmod", name) }
        return file
    }

    /// Why a file or directory is not fit for secrets of this user; nil when it is.
    static func complaint(_ status: stat, kind: mode_t) -> String? {
        if status.st_mode & S_IFMT != kind {
            return kind == S_IFDIR ? "is not a directory" : "is not a regular file"
        }
        if status.st_uid != geteuid() { return "belongs to another user" }
        if status.st_mode & 0o077 != 0 { return "can be used by others; take their rights away" }
        if kind == S_IFREG, status.st_nlink > 1 { return "has a second name" }
        return nil
    }

    func status(of file: AuditFile, _ name: String) throws(AuditError) -> stat {
        try fault(.status, "stat", name)
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw failure("stat", name) }
        return status
    }

    /// What has this path now; nil when nothing has. By the whole path, as others see it.
    func status(ofPath name: String) throws(AuditError) -> stat? {
        try fault(.status, "stat", name)
        var status = stat()
        if lstat("\(path)/\(name)", &status) == 0 { return status }
        guard errno == ENOENT || errno == ENOTDIR else { throw failure("stat", name) }
        return nil
    }

    /// Whether the directory still has its path.
    func isInPlace() -> Bool {
        var mine = stat()
        var theirs = stat()
        return fstat(descriptor, &mine) == 0 && lstat(path, &theirs) == 0
            && mine.st_ino == theirs.st_ino && mine.st_dev == theirs.st_dev
    }

    /// Appends everything. After a failure part of it may be in the file.
    func append(_ bytes: UnsafeRawBufferPointer, to file: AuditFile) throws(AuditError) {
        var rest = bytes
        if let fault = hook?(.write) {
            guard case .short(let count, let code) = fault else {
                return try self.fail(fault, "write", AuditFileName.current)
            }
            _ = Glibc.write(file.descriptor, rest.baseAddress, min(count, rest.count))
            throw .system(errno: code, operation: "write \(path)/\(AuditFileName.current)")
        }
        while !rest.isEmpty {
            let count = Glibc.write(file.descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", AuditFileName.current) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes a whole small file at its beginning.
    func overwrite(
        _ bytes: UnsafeRawBufferPointer, in file: AuditFile, _ name: String
    ) throws(AuditError) {
        try fault(.writeHead, "write", name)
        let count = pwrite(file.descriptor, bytes.baseAddress, bytes.count, 0)
        guard count == bytes.count else {
            throw count < 0 ? failure("write", name) : .system(errno: ENOSPC, operation: name)
        }
    }

    /// Reads up to `output.count` bytes at `offset`; fewer at the end of the file.
    static func read(
        _ file: AuditFile, at offset: Int64, into output: UnsafeMutableRawBufferPointer
    ) throws(AuditError) -> Int {
        var done = 0
        while done < output.count {
            let count = pread(
                file.descriptor, output.baseAddress?.advanced(by: done), output.count - done,
                off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno: errno, operation: "read the audit log") }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// The same, as an array.
    static func read(
        _ file: AuditFile, at offset: Int64, count: Int
    ) throws(AuditError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(AuditError) in
            try read(file, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return Array(bytes[..<done])
    }

    /// Sees to it that the file has room from `start` to `end`; its own end stays where it is.
    func allocate(_ file: AuditFile, from start: Int64, to end: Int64) throws(AuditError) {
        try fault(.allocate, "allocate", AuditFileName.current)
        while vault_allocate_keeping_size(
            file.descriptor, Int(start), Int(end - start)) != 0
        {
            if errno == EINTR { continue }
            throw failure("allocate", AuditFileName.current)
        }
    }

    func truncate(_ file: AuditFile, to size: Int64) throws(AuditError) {
        try fault(.truncate, "truncate", AuditFileName.current)
        guard ftruncate(file.descriptor, off_t(size)) == 0 else {
            throw failure("truncate", AuditFileName.current)
        }
    }

    func synchronize(_ file: AuditFile) throws(AuditError) {
        try fault(.synchronize, "sync", AuditFileName.current)
        guard fdatasync(file.descriptor) == 0 else {
            throw failure("sync", AuditFileName.current)
        }
    }

    /// Has a piece of the file begin its way to the disk. What becomes of it `synchronize` tells.
    func startWriting(_ file: AuditFile, _ range: Range<Int64>) {
        guard hook?(.startWriting) == nil else { return }
        vault_start_writing(file.descriptor, Int(range.lowerBound), range.count)
    }

    func synchronizeDirectory() throws(AuditError) {
        try fault(.synchronizeDirectory, "sync", "")
        guard fsync(descriptor) == 0 else { throw failure("sync", "") }
    }

    func rename(_ name: String, to target: String) throws(AuditError) {
        try fault(.rename, "rename", name)
        guard renameat(descriptor, name, descriptor, target) == 0 else {
            throw failure("rename", name)
        }
    }

    /// Fine when there is no such file.
    func remove(_ name: String) throws(AuditError) {
        try fault(.remove, "remove", name)
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw failure("remove", name)
        }
    }

    /// The first lines' numbers of the finished files, rising.
    func finishedFiles() throws(AuditError) -> [UInt64] {
        do throws(DirectoryNames.Failure) {
            return try DirectoryNames.list(
                ".", at: descriptor, countMax: AuditLimits.rotatedFilesMax,
                where: { AuditFileName.firstSequence(in: $0) != nil }
            ).compactMap(AuditFileName.firstSequence).sorted()
        } catch {
            throw .system(errno: error.errno, operation: "list \(path)/")
        }
    }

    private func fault(
        _ step: AuditStep, _ verb: String, _ name: String
    ) throws(AuditError) {
        if let fault = hook?(step) { try fail(fault, verb, name) }
    }

    private func fail(
        _ fault: AuditFault, _ verb: String, _ name: String
    ) throws(AuditError) {
        switch fault {
        case .errno(let code), .short(_, let code):
            throw .system(errno: code, operation: "\(verb) \(path)/\(name)")
        }
    }

    private func failure(_ verb: String, _ name: String) -> AuditError {
        .system(errno: errno, operation: "\(verb) \(path)/\(name)")
    }
}
