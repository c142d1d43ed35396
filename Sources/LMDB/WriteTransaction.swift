internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#endif

/// A change of the file: all of it, with `commit`, or nothing. Aborted unless committed.
@safe public struct WriteTransaction: ~Copyable {
    private let handle: OpaquePointer
    private let thread: pthread_t

    init(_ handle: OpaquePointer, thread: pthread_t) {
        unsafe self.handle = handle
        self.thread = thread
    }

    deinit {
        checkThread()
        unsafe mdb_txn_abort(handle)
    }

    /// LMDB lets another thread end a write, returns success, and blocks every later writer.
    private borrowing func checkThread() {
        precondition(pthread_equal(thread, pthread_self()) != 0, "a write left its thread")
    }

    /// The number that the commit will have in the file: one more than the last one's.
    public var id: UInt64 { UInt64(unsafe mdb_txn_id(handle)) }

    /// Opens a table, and makes it when `create` is set. Once for each table, in the first write.
    public mutating func openTable(
        named name: String, create: Bool
    ) throws(LMDBError) -> Table {
        var number: UInt32 = 0
        let flags = create ? UInt32(MDB_CREATE) : 0
        try LMDBError.check(unsafe mdb_dbi_open(handle, name, flags, &number))
        return Table(number: number)
    }

    /// The value of a key as this transaction sees it; valid until its next change.
    public borrowing func get(
        _ table: Table, _ key: UnsafeRawBufferPointer
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try unsafe lookUp(handle, table, key)
    }

    /// Makes room for a value of `count` bytes and lets `fill` write it in place.
    ///
    /// - Parameter isLast: the key comes after every other of the table; `.keyExists` if not.
    public mutating func reserve(
        _ table: Table, _ key: UnsafeRawBufferPointer, count: Int, isLast: Bool,
        _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(LMDBError) {
        checkThread()
        var keyValue = unsafe MDB_val(
            mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
        var value = unsafe MDB_val(mv_size: count, mv_data: nil)
        let flags = UInt32(MDB_RESERVE) | (isLast ? UInt32(MDB_APPEND) : 0)
        try LMDBError.check(
            unsafe mdb_put(handle, table.number, &keyValue, &value, flags))
        unsafe fill(UnsafeMutableRawBufferPointer(start: value.mv_data, count: count))
    }

    /// Removes a key; false when there was none.
    @discardableResult
    public mutating func delete(
        _ table: Table, _ key: UnsafeRawBufferPointer
    ) throws(LMDBError) -> Bool {
        checkThread()
        var keyValue = unsafe MDB_val(
            mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
        let code = unsafe mdb_del(handle, table.number, &keyValue, nil)
        if code == MDB_NOTFOUND { return false }
        try LMDBError.check(code)
        return true
    }

    /// Writes the change to the file. It is durable only after `Environment.synchronize`.
    public consuming func commit() throws(LMDBError) {
        checkThread()
        let code = unsafe mdb_txn_commit(handle)
        // Freed by LMDB whatever the outcome.
        discard self
        try LMDBError.check(code)
    }
}
