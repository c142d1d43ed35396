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
