internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// An open LMDB file: `data.mdb` and `lock.mdb` in a directory.
///
/// Commits are made durable by one `fdatasync` after the meta page was written, instead of LMDB's
/// two syncs (`MDB_NOSYNC` and our own). This is safe for as long as the next transaction starts
/// after that sync: LMDB never reuses pages of the last two commits, so that after a power cut the
/// older of the two meta pages still describes a whole file. Whoever opens a file after a power cut
/// must verify it, and fall back to that meta page (`FileCheck`, `FileRepair`).
///
/// SAFETY: `handle` and `descriptor` are set once; LMDB's own rules (a write transaction stays on
/// its thread, a read transaction is used by one thread at a time) are kept by `read` and
/// `WriteTransaction`. `grownTo` belongs to the thread that writes.
@safe public final class Environment: @unchecked Sendable {
    /// Bytes of zeros that are kept beyond the last page, so that a commit overwrites blocks that
    /// the file system has already, and its sync need not wait for the journal.
    private static let growthStep = 8 << 20
    private static let growthReserve = 1 << 20

    let handle: OpaquePointer
    private let descriptor: Int32
    private let identity: OpenFiles.Identity
    private let idleReaders = Mutex<[ReaderHandle]>([])
    private let isClosed = Atomic<Bool>(false)
    private var grownTo = 0
    let pageSize: Int

    private init(handle: OpaquePointer, descriptor: Int32, identity: OpenFiles.Identity) {
        unsafe self.handle = handle
        self.descriptor = descriptor
        self.identity = identity
        var statistics = MDB_stat()
        unsafe mdb_env_stat(handle, &statistics)
        pageSize = Int(statistics.ms_psize)
        idleReaders.withLock { $0.reserveCapacity(64) }
        grownTo = fileBytes()
    }

    /// Opens the file, or makes it. An existing one must have been checked (`FileCheck`).
    ///
    /// - Parameters:
    ///   - mapBytes: address space to reserve; costs nothing until used.
    ///   - readersMax: reads that may run at the same moment.
    public static func open(
        directory: String, mapBytes: Int, tablesMax: Int, readersMax: Int = 126
    ) throws(LMDBError) -> Environment {
        let identity = try OpenFiles.add(directory)
        do throws(LMDBError) {
            return try open(
                directory, UInt32(tablesMax), UInt32(readersMax), mapBytes, identity)
        } catch {
            OpenFiles.remove(identity)
            throw error
        }
    }

    private static func open(
        _ directory: String, _ tablesMax: UInt32, _ readersMax: UInt32, _ mapBytes: Int,
        _ identity: OpenFiles.Identity
    ) throws(LMDBError) -> Environment {
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
            return unsafe Environment(
                handle: handle, descriptor: descriptor, identity: identity)
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
    }

    /// Begins a write; waits while another is under way. It must end on the thread it began on.
    public func beginWrite() throws(LMDBError) -> WriteTransaction {
        var transaction: OpaquePointer?
        try LMDBError.check(unsafe mdb_txn_begin(handle, nil, 0, &transaction))
        guard let transaction = unsafe transaction else { throw .other(MDB_PANIC) }
        return unsafe WriteTransaction(transaction, thread: pthread_self())
    }

    /// Makes everything committed durable. Until it returns, nothing may be acknowledged; when it
    /// throws, nobody knows what is on the disk, and no further write may be tried.
    public func synchronize() throws(LMDBError) {
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw .system(errno) }
        }
    }

    /// Writes zeros beyond the last page when the reserve runs low. Call before a commit, on the
    /// writing thread. Without room on the disk it does nothing: the commit will say so.
    public func reserveGrowth() {
        var information = unsafe MDB_envinfo()
        unsafe mdb_env_info(handle, &information)
        let used = (unsafe Int(information.me_last_pgno) + 1) * pageSize
        guard used + Self.growthReserve > grownTo else { return }
        let start = max(grownTo, fileBytes(), used)
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

    /// Bytes of the data file.
    public func fileBytes() -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }

    /// Runs `body` on a snapshot, which ends when it returns. From any thread.
    ///
    /// - Parameter failure: turns LMDB's error into the caller's, so that only one type is thrown.
    public func read<R, E: Error>(
        failure: (LMDBError) -> E, _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R {
        let reader: ReaderHandle
        do throws(LMDBError) { reader = try borrowReader() } catch { throw failure(error) }
        defer { giveBack(reader) }
        return try body(unsafe ReadTransaction(reader.transaction))
    }

    /// A reader that starts a snapshot now.
    private func borrowReader() throws(LMDBError) -> ReaderHandle {
        if isClosed.load(ordering: .acquiring) { throw .closed }
        if let idle = idleReaders.withLock({ $0.popLast() }) {
            try LMDBError.check(unsafe mdb_txn_renew(idle.transaction))
            return idle
        }
        var transaction: OpaquePointer?
        try LMDBError.check(
            unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction))
        guard let transaction = unsafe transaction else { throw .other(MDB_PANIC) }
        return unsafe ReaderHandle(transaction: transaction)
    }

    private func giveBack(_ reader: ReaderHandle) {
        // A transaction that is reset holds no snapshot, but keeps its slot.
        unsafe mdb_txn_reset(reader.transaction)
        idleReaders.withLock { $0.append(reader) }
    }

    /// Closes the file. No transaction may be open or be begun any more.
    public func close() {
        guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        let readers = idleReaders.withLock { readers -> [ReaderHandle] in
            defer { readers = [] }
            return readers
        }
        for reader in readers { unsafe mdb_txn_abort(reader.transaction) }
        unsafe mdb_env_close(handle)
        OpenFiles.remove(identity)
    }

    deinit {
        close()
    }
}

/// A read transaction that waits to be used again.
///
/// SAFETY: in the pool or with one reader, never both.
@safe private struct ReaderHandle: @unchecked Sendable {
    let transaction: OpaquePointer
}
