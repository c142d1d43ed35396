internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#endif

/// LMDB's handle of one open file; closed when nobody holds it any more.
///
/// SAFETY: `handle`, `descriptor` and `pageSize` are set once; LMDB's own rules (a write
/// transaction stays on its thread, a read transaction is used by one thread at a time) are kept by
/// `Environment` and `WriteTransaction`. `grownTo` belongs to the thread that writes.
@safe final class EnvironmentFile: @unchecked Sendable {
    /// Bytes of zeros that are kept beyond the last page, so that a commit overwrites blocks that
    /// the file system has already, and its sync need not wait for the journal.
    private static let growthStep = 8 << 20
    private static let growthReserve = 1 << 20

    let handle: OpaquePointer
    private let descriptor: Int32
    private let pageSize: Int
    private var grownTo = 0

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
            self.descriptor = descriptor
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
        unsafe self.handle = handle
        var statistics = MDB_stat()
        unsafe mdb_env_stat(handle, &statistics)
        pageSize = Int(statistics.ms_psize)
        grownTo = byteCount
    }

    deinit {
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

    func reserveGrowth() {
        var information = unsafe MDB_envinfo()
        unsafe mdb_env_info(handle, &information)
        let used = (unsafe Int(information.me_last_pgno) + 1) * pageSize
        guard used + Self.growthReserve > grownTo else { return }
        let start = max(grownTo, byteCount, used)
        // Small vaults need no large file: the step grows with what is used.
        let step = min(Self.growthStep, max(Self.growthReserve, used))
        let zeros = [UInt8](repeating: 0, count: 1 << 18)
        var offset = start
        while offset < start + step + Self.growthReserve {
            let written = unsafe zeros.withUnsafeBytes { bytes in
                unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            }
            guard written > 0 else { break }
            offset += written
        }
        grownTo = offset
    }

    var byteCount: Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }
}
