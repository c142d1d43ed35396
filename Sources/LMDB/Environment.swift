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
public final class Environment: Sendable {
    private struct State {
        /// nil once it is closed.
        var file: EnvironmentFile?
        /// Snapshots of `file` that wait to be used again.
        var idle: [ReaderHandle] = []
        var reads = ReadTurns()
    }

    private let directory: String
    private let identity: OpenFiles.Identity
    private let state: Mutex<State>

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
            let file = try EnvironmentFile(
                directory: directory, mapBytes: mapBytes, tablesMax: UInt32(tablesMax),
                readersMax: UInt32(readersMax))
            return Environment(directory, identity, file)
        } catch {
            OpenFiles.remove(identity)
            throw error
        }
    }

    private init(_ directory: String, _ identity: OpenFiles.Identity, _ file: EnvironmentFile) {
        self.directory = directory
        self.identity = identity
        state = Mutex(State(file: file))
        state.withLock { $0.idle.reserveCapacity(64) }
    }

    private func openFile() throws(LMDBError) -> EnvironmentFile {
        guard let file = state.withLock({ $0.file }) else { throw .closed }
        return file
    }

    /// Begins a write; waits while another is under way. It must end on the thread it began on.
    public func beginWrite() throws(LMDBError) -> WriteTransaction {
        unsafe WriteTransaction(try openFile().begin(flags: 0), thread: pthread_self())
    }

    /// Makes everything committed durable. Until it returns, nothing may be acknowledged; when it
    /// throws, nobody knows what is on the disk, and no further write may be tried.
    public func synchronize() throws(LMDBError) {
        try openFile().synchronize()
    }

    /// Few zeros are left beyond the last page; somebody should call `reserveGrowth`.
    public var isReserveLow: Bool { state.withLock { $0.file }?.isReserveLow ?? false }

    /// Writes zeros beyond the last page when the reserve runs low. One thread at a time, beside
    /// commits or before one. Without room on the disk it does nothing: the commit will say so.
    ///
    /// - Parameter besideCommits: puts them on the disk piece by piece, so that a commit's sync
    ///   meanwhile waits for one piece at most. Otherwise the next sync writes all of them.
    public func reserveGrowth(besideCommits: Bool = false) {
        state.withLock { $0.file }?.reserveGrowth(besideCommits: besideCommits)
    }

    /// Writes a change to the file. It is durable only after `synchronize`. `.diskFull` has left
    /// the file as it was.
    public func commit(_ transaction: consuming WriteTransaction) throws(LMDBError) {
        do throws(LMDBError) {
            try transaction.commit()
        } catch {
            // LMDB says EIO of a write that was cut short, as the one is that fills a disk. Those
            // of pages that nothing refers to come first; when the meta page's fails, LMDB lets
            // nothing be written any more.
            let isFull = error == .system(EIO) && state.withLock { $0.file }?.hasNoRoom == true
            throw isFull ? .diskFull : error
        }
    }

    /// Bytes of the data file; 0 once it is closed.
    public func fileBytes() -> Int { state.withLock { $0.file }?.byteCount ?? 0 }

    /// Runs `body` on a snapshot, which ends when it returns. From any thread.
    ///
    /// - Parameter failure: turns LMDB's error into the caller's, so that only one type is thrown.
    public func read<R, E: Error>(
        failure: (LMDBError) -> E, _ body: (borrowing ReadTransaction) throws(E) -> R
    ) throws(E) -> R {
        // One lock before and one after: reads of all threads meet there.
        let (turn, idle) = state.withLock { ($0.reads.begin(), $0.idle.popLast()) }
        let reader: ReaderHandle
        do throws(LMDBError) { reader = try startReader(idle) } catch {
            state.withLock { $0.reads.end(turn) }
            throw failure(error)
        }
        defer { giveBack(reader, turn) }
        return try body(unsafe ReadTransaction(reader.transaction))
    }

    /// Returns when every read has ended that began before the call; later ones go on. One thread
    /// at a time, and none that reads.
    public func waitForEarlierReads() {
        let turn = state.withLock { $0.reads.next() }
        while state.withLock({ $0.reads.hasOpen(in: turn) }) { usleep(500) }
    }

    /// A reader that starts a snapshot now.
    private func startReader(_ idle: ReaderHandle?) throws(LMDBError) -> ReaderHandle {
        if let idle {
            try LMDBError.check(unsafe mdb_txn_renew(idle.transaction))
            return idle
        }
        let file = try openFile()
        return unsafe ReaderHandle(
            transaction: try file.begin(flags: UInt32(MDB_RDONLY)), file: file)
    }

    private func giveBack(_ reader: ReaderHandle, _ turn: Int) {
        // A transaction that is reset holds no snapshot, but keeps its slot.
        unsafe mdb_txn_reset(reader.transaction)
        let isKept = state.withLock { state in
            state.reads.end(turn)
            guard state.file === reader.file else { return false }
            state.idle.append(reader)
            return true
        }
        if !isKept { unsafe mdb_txn_abort(reader.transaction) }
    }

    // MARK: - Replacing the file

    /// Puts the file of `copy`, which is durable, in the place of this one's. Reads under way
    /// finish on the old file; no write may be under way. `copy` is closed and its directory gone.
    ///
    /// When it throws nothing has changed. The new name is durable after `synchronizeDirectory`.
    /// Returns the old file, which takes a while to close: let go of it where nobody waits.
    public func replace(with copy: Environment) throws(LMDBError) -> RetiredFile {
        // One process holds both, so what a lock file is called does not matter meanwhile.
        for name in ["lock.mdb", "data.mdb"] {
            guard unsafe rename(copy.directory + "/" + name, directory + "/" + name) == 0 else {
                throw .system(errno)
            }
        }
        let moved = copy.state.withLock { state in
            defer { state = State() }
            return state
        }
        let retired = state.withLock { state in
            defer {
                let reads = state.reads
                state = moved
                // Whoever still reads the old file is waited for, too.
                state.reads = reads
            }
            return state
        }
        for reader in retired.idle { unsafe mdb_txn_abort(reader.transaction) }
        unsafe rmdir(copy.directory)
        OpenFiles.remove(copy.identity)
        return RetiredFile(file: retired.file)
    }

    /// Makes what the directory's files are called durable.
    public func synchronizeDirectory() throws(LMDBError) {
        let descriptor = unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(errno) }
    }

    /// Closes the file. No transaction may be open or be begun any more.
    public func close() {
        // In a function of its own, so that the file is closed before another may be opened.
        if closeFile() { OpenFiles.remove(identity) }
    }

    private func closeFile() -> Bool {
        let closed = state.withLock { state in
            defer {
                let reads = state.reads
                state = State()
                state.reads = reads
            }
            return state
        }
        for reader in closed.idle { unsafe mdb_txn_abort(reader.transaction) }
        return closed.file != nil
    }

    deinit {
        close()
    }
}

/// A file that was replaced. It is closed with the last of those who hold it.
public struct RetiredFile: Sendable {
    fileprivate let file: EnvironmentFile?
}

/// A read transaction that waits to be used again, and its file. An object, so that who takes and
/// returns it counts no reference to the file, which all readers share.
///
/// SAFETY: in the pool or with one reader, never both.
@safe private final class ReaderHandle: @unchecked Sendable {
    let transaction: OpaquePointer
    let file: EnvironmentFile

    init(transaction: OpaquePointer, file: EnvironmentFile) {
        unsafe self.transaction = transaction
        self.file = file
    }
}
