internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// LMDB's handle of one open file; closed when nobody holds it any more.
///
/// SAFETY: `handle`, the descriptors and `pageSize` are set once; LMDB's own rules (a write
/// transaction stays on its thread, a read transaction is used by one thread at a time) are kept by
/// `Environment` and `WriteTransaction`.
@safe final class EnvironmentFile: @unchecked Sendable {
    /// Bytes of zeros that are kept beyond the last page, so that a commit overwrites blocks that
    /// the file system has already, and its sync need not wait for the journal.
    private static let growthStep = 8 << 20
    private static let growthReserve = 1 << 20
    /// Zeros that are on their way to the disk at a time: a commit's sync meanwhile waits for no
    /// more.
    private static let growthChunk = 1 << 18

    let handle: OpaquePointer
    private let descriptor: Int32
    /// Writes at the end of the file only, wherever that is by then, so that it cannot meet a page
    /// that a commit has written; and has each write on the disk when it returns.
    private let appending: Int32
    private let pageSize: Int
    /// The file's end, when it was last looked at.
    private let grownTo = Atomic<Int>(0)

    init(
        directory: String, mapBytes: Int, tablesMax: UInt32, readersMax: UInt32
    ) throws(LMDBError) {
        var created: OpaquePointer?
        try LMDBError.check(unsafe mdb_env_create(&created))
        guard let handle = unsafe created else { throw .other(MDB_PANIC) }
        do throws(LMDBError) {
            try LMDBError.check(unsafe mdb_env_set_mapsize(handle, mapBytes))
            try LMDBError.check(unsafe mdb_env_set_maxdbs(handle, tablesMax))
            try LMDBError.check(unsafe mdb_env_set_maxreaders(handle, readersMax))
            let flags = UInt32(MDB_NOTLS) | UInt32(MDB_NOSYNC)
            try LMDBError.check(unsafe mdb_env_open(handle, directory, flags, 0o600))
            var dead: Int32 = 0
            try LMDBError.check(unsafe mdb_reader_check(handle, &dead))
            var descriptor: Int32 = -1
            try LMDBError.check(unsafe mdb_env_get_fd(handle, &descriptor))
            // LMDB leaves the data file open across exec.
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw .system(errno) }
            let appendFlags = O_WRONLY | O_APPEND | O_DSYNC | O_CLOEXEC
            appending = unsafe open(directory + "/data.mdb", appendFlags)
            guard appending >= 0 else { throw .system(errno) }
            self.descriptor = descriptor
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
        unsafe self.handle = handle
        var statistics = MDB_stat()
        unsafe mdb_env_stat(handle, &statistics)
        pageSize = Int(statistics.ms_psize)
        grownTo.store(byteCount, ordering: .relaxed)
    }

    deinit {
        close(appending)
        unsafe mdb_env_close(handle)
    }

    func begin(flags: UInt32) throws(LMDBError) -> OpaquePointer {
        var transaction: OpaquePointer?
        try LMDBError.check(unsafe mdb_txn_begin(handle, nil, flags, &transaction))
        guard let transaction = unsafe transaction else { throw .other(MDB_PANIC) }
        return unsafe transaction
    }

    func synchronize() throws(LMDBError) {
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw .system(errno) }
        }
    }

    private var usedBytes: Int {
        var information = unsafe MDB_envinfo()
        unsafe mdb_env_info(handle, &information)
        return (unsafe Int(information.me_last_pgno) + 1) * pageSize
    }

    /// Small vaults need no large file: the step grows with what is used.
    private static func step(used: Int) -> Int { min(growthStep, max(growthReserve, used)) }

    /// Early, so that the reserve holds until whoever grows it has done so.
    var isReserveLow: Bool {
        let used = usedBytes
        return used + Self.growthReserve + Self.step(used: used) / 4
            > grownTo.load(ordering: .relaxed)
    }

    func reserveGrowth(besideCommits: Bool) {
        guard isReserveLow else { return }
        let used = usedBytes
        let target = used + Self.growthReserve + Self.step(used: used)
        let zeros = [UInt8](repeating: 0, count: Self.growthChunk)
        var end = besideCommits ? byteCount : max(byteCount, used)
        while end < target {
            let written = unsafe zeros.withUnsafeBytes { bytes in
                besideCommits
                    ? unsafe write(appending, bytes.baseAddress, bytes.count)
                    : unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(end))
            }
            guard written > 0 else { break }
            end = besideCommits ? byteCount : end + written
        }
        grownTo.store(end, ordering: .relaxed)
    }

    /// Whether the file system has no room for one more page at the end of the file; tries it.
    var hasNoRoom: Bool {
        let zeros = [UInt8](repeating: 0, count: pageSize)
        let written = unsafe zeros.withUnsafeBytes {
            unsafe write(appending, $0.baseAddress, $0.count)
        }
        return written < 0 ? LMDBError(code: errno) == .diskFull : written < zeros.count
    }

    var byteCount: Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }
}
