internal import CLMDB

/// A snapshot of the file. The bytes it hands out are the file's own memory: valid until it ends.
@safe public struct ReadTransaction: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    /// The value of a key; nil when there is none.
    public borrowing func get(
        _ table: Table, _ key: UnsafeRawBufferPointer
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try unsafe lookUp(handle, table, key)
    }

    /// Calls `body` with each key and value from `start` on, in order, until it returns false.
    ///
    /// - Parameter failure: turns LMDB's error into the caller's, so that only one type is thrown.
    public borrowing func visit<E: Error>(
        _ table: Table, from start: UnsafeRawBufferPointer, failure: (LMDBError) -> E,
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> Bool
    ) throws(E) {
        var opened: OpaquePointer?
        let result = unsafe mdb_cursor_open(handle, table.number, &opened)
        guard result == 0, let cursor = unsafe opened else { throw failure(.other(result)) }
        defer { unsafe mdb_cursor_close(cursor) }
        var key = unsafe MDB_val(
            mv_size: start.count, mv_data: UnsafeMutableRawPointer(mutating: start.baseAddress))
        var value = unsafe MDB_val()
        var code = unsafe mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
        while code == 0 {
            let goesOn = try unsafe body(
                UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size),
                UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
            guard goesOn else { return }
            code = unsafe mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
        }
        guard code == MDB_NOTFOUND else { throw failure(.other(code)) }
    }
}

/// The value of a key in any kind of transaction.
func lookUp(
    _ handle: OpaquePointer, _ table: Table, _ key: UnsafeRawBufferPointer
) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var keyValue = unsafe MDB_val(
        mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
    var value = unsafe MDB_val()
    let code = unsafe mdb_get(handle, table.number, &keyValue, &value)
    if code == MDB_NOTFOUND { return nil }
    try LMDBError.check(code)
    return unsafe UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
}
