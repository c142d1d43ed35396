/// Who takes the records of a store for an archive. Payloads are plaintext and valid for the call
/// alone. Called on one thread, in this order: what was kept, records, leases, access.
public protocol ArchiveSink: AnyObject {
    /// It holds so much that the next call should be `flush`.
    var isFull: Bool { get }
    /// A record of before that still exists; told only when some do not.
    func kept(main: Int64, sub: UInt32)
    /// A record of the log, in rising order. `write` puts its payload, which has at most `countMax`
    /// bytes, to the start of what it is lent, and says how many there are; what it throws is
    /// thrown here, and the record is none then.
    func record(
        main: Int64, sub: UInt32, countMax: Int,
        _ write: (UnsafeMutableRawBufferPointer) throws(StoreError) -> Int
    ) throws(StoreError)
    func lease(id: Int64, payload: UnsafeRawBufferPointer)
    /// The rules of access, with the number of their writing.
    func access(payload: UnsafeRawBufferPointer)
    /// Passes on what it holds. May wait; no read of the store is open meanwhile.
    func flush() throws(StoreError)
}
