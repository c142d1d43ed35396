import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// The directory that a restore fills: empty or missing at first, and no vault before `publish`.
///
/// A mark says that a restore is under way. Whatever a restore that was cut off left beside its
/// mark is removed by the next one; a directory with anything else in it is left alone.
struct RestoreTarget: ~Copyable {
    /// Its name in the directory; vaultd takes a directory without `CURRENT` for no vault.
    static let markName = "RESTORING"
    private static let lockName = "LOCK"
    /// The directory of the audit log.
    static let auditName = "audit"
    private static let leftovers = ["keyring", "data.mdb", "lock.mdb", "running"]

    let path: String
    private let lockDescriptor: Int32
    private let wasMade: Bool
    private var isPublished = false

    private init(path: String, lockDescriptor: Int32, wasMade: Bool) {
        self.path = path
        self.lockDescriptor = lockDescriptor
        self.wasMade = wasMade
    }

    /// Checks and marks the directory. Throws `.targetInUse` when it holds anything, or something
    /// holds it. `meanwhile` is for tests: what others do before it is locked.
    static func prepare(
        _ path: String, meanwhile: () -> Void = {}
    ) throws(BackupError) -> RestoreTarget {
        // Others than root reach no more by such a link than is theirs, and a volume that pods get
        // to work in is everybody's by its mode, though nobody else sees it.
        if geteuid() == 0, let culprit = ReplaceablePath.culprit(above: path) {
            throw .targetInUse(
                "others may replace what is in \(culprit); name a directory elsewhere, or take "
                    + "that right from them")
        }
        let wasMade = mkdir(path, 0o700) == 0
        if !wasMade, errno != EEXIST { throw failure("cannot be made", path) }
        let lock: Int32
        do throws(BackupError) {
            try check(path)
            lock = try Self.lock(path, meanwhile)
        } catch {
            if wasMade { rmdir(path) }
            throw error
        }
        let target = RestoreTarget(path: path, lockDescriptor: lock, wasMade: wasMade)
        let mark = open(
            path + "/" + markName, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard mark >= 0 else { throw failure("cannot be written to", path) }
        close(mark)
        removeLeftovers(path)
        try sync(path)
        return target
    }

    /// Throws `.noSpace` when the disk has less left than the archives take: the file of a restored
    /// vault is about as large, seldom smaller.
    borrowing func requireRoom(for archiveBytes: Int64) throws(BackupError) {
        var status = statvfs()
        // Where the file system does not say, the restore itself will.
        guard statvfs(path, &status) == 0 else { return }
        let free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        guard free < archiveBytes else { return }
        throw .noSpace(
            "\(path): the archives have \(archiveBytes) bytes, the disk has \(free) left; make "
                + "room for at least \(archiveBytes - free) more")
    }

    deinit {
        // Not published: nothing of it may stay.
        if !isPublished {
            Self.removeLeftovers(path)
            unlink(path + "/" + Self.markName)
            unlink(path + "/" + Self.lockName)
        }
        // A process that was forked off just now has the descriptor, too, until it executes.
        flock(lockDescriptor, LOCK_UN)
        close(lockDescriptor)
        if !isPublished, wasMade { rmdir(path) }
    }

    private static func check(_ path: String) throws(BackupError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure("cannot be looked at", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .targetInUse("\(path) is not a directory; name another")
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw .targetInUse(
                "\(path) must belong to uid \(geteuid()) with mode 0700; "
                    + "run: chown \(geteuid()) \(path); chmod 0700 \(path)")
        }
        let names = try list(path)
        if names.contains(CurrentFile.name) {
            throw .targetInUse("\(path) holds a vault; name an empty directory")
        }
        let ours = Set(leftovers + [markName, lockName, auditName])
        // The lock comes before the mark, so it may be all that a restore came to.
        let isOurs =
            names == [lockName]
            || names.contains(markName)
                && names.allSatisfy {
                    ours.contains($0) || ($0.hasPrefix(".") && $0.hasSuffix(".tmp"))
                }
        guard names.isEmpty || isOurs else {
            throw .targetInUse("\(path) is not empty; name an empty directory")
        }
    }

    private static func list(_ path: String) throws(BackupError) -> [String] {
        do throws(DirectoryNames.Failure) { return try DirectoryNames.list(path) } catch {
            throw failure("cannot be listed", path, error.errno)
        }
    }

    private static func lock(
        _ path: String, _ meanwhile: () -> Void
    ) throws(BackupError) -> Int32 {
        let descriptor = open(
            path + "/" + lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be written to", path) }
        meanwhile()
        do throws(BackupError) {
            // A restore that fails removes the file before it lets go of it.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isLock(descriptor, of: path) else {
                throw .targetInUse("\(path) is in use by a vaultd or another restore; stop it")
            }
            // Another restore may have made it a vault since it was looked at.
            try check(path)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func isLock(_ descriptor: Int32, of path: String) -> Bool {
        var mine = stat()
        var theirs = stat()
        return fstat(descriptor, &mine) == 0 && lstat(path + "/" + lockName, &theirs) == 0
            && mine.st_ino == theirs.st_ino && mine.st_dev == theirs.st_dev
    }

    /// Makes the directory a vault: everything in it is durable before `CURRENT` gets its name,
    /// and that is the last thing.
    mutating func publish(_ current: CurrentFile) throws(BackupError) {
        for name in ["data.mdb", "keyring"] { try Self.sync(path + "/" + name) }
        try Self.sync(path)
        try syncParent()
        do throws(SealError) { try current.write(in: path) } catch {
            // It may have its name already, and what it speaks of is about to go.
            unlink(path + "/" + CurrentFile.name)
            throw Self.failure(of: error, path)
        }
        isPublished = true
        // Beside `CURRENT` the mark means nothing, so it may stay when this fails.
        unlink(path + "/" + Self.markName)
    }

    private static func removeLeftovers(_ path: String) {
        for name in leftovers { unlink(path + "/" + name) }
        removeAudit(path + "/" + auditName)
        for name in DirectoryNames.readable(path)
        where name.hasPrefix(".") && name.hasSuffix(".tmp") { unlink(path + "/" + name) }
    }

    private static func removeAudit(_ path: String) {
        for name in DirectoryNames.readable(path) where name.hasPrefix("audit") {
            unlink(path + "/" + name)
        }
        rmdir(path)
    }

    /// The directory's own name: made by this restore, or by one that was cut off. A parent that
    /// cannot be read is that of a directory which others made.
    private func syncParent() throws(BackupError) {
        guard wasMade || access(path + "/..", R_OK) == 0 else { return }
        try Self.sync(path + "/..")
    }

    private static func sync(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot be made durable", path) }
    }

    static func failure(of error: SealError, _ path: String) -> BackupError {
        guard case .system(let number, let operation) = error else {
            return .inconclusive("\(path): \(error.text)")
        }
        if [ENOSPC, EDQUOT, EFBIG].contains(number) {
            return .noSpace("\(path): the disk is full; make room and try again")
        }
        return .inconclusive("\(operation): \(ArchiveFile.text(number))")
    }

    private static func failure(
        _ what: String, _ path: String, _ number: Int32 = errno
    ) -> BackupError {
        if [ENOSPC, EDQUOT, EFBIG].contains(number) {
            return .noSpace("\(path): the disk is full; make room and try again")
        }
        return .inconclusive("\(path) \(what): \(ArchiveFile.text(number)); check its parents")
    }
}
