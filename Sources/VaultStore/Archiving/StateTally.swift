public import VaultSeal

/// Adds up what an archive says, record by record, to hold it against its summary.
public struct StateTally: ~Copyable {
    public private(set) var records: UInt64 = 0
    public private(set) var leases: UInt64 = 0
    public private(set) var stateHash = StateHash.zero
    /// The number of the access rules; 0 when there are none.
    public private(set) var accessNumber: UInt64 = 0

    private var digester: PayloadDigester
    private var last = LogKey(main: 0, sub: 0)

    public init(key: StateHashKey) {
        digester = PayloadDigester(key: key)
    }

    /// Takes in the next record, whose place must lie behind the last one's.
    ///
    /// - Parameter digest: what `PayloadDigester` makes of it.
    public mutating func record(
        main: Int64, sub: UInt32, payload: UnsafeRawBufferPointer, digest: StateHash
    ) throws(StoreError) {
        guard main > last.main || (main == last.main && sub > last.sub), main > 0 else {
            throw .damaged("the record at \(main).\(sub) comes after \(last.main).\(last.sub)")
        }
        guard LogRecord.decode(payload) != nil else {
            throw .damaged("the record at \(main).\(sub) is malformed")
        }
        last = LogKey(main: main, sub: sub)
        records += 1
        stateHash.add(digest)
    }

    public mutating func lease(id: Int64, payload: UnsafeRawBufferPointer) throws(StoreError) {
        guard LeaseRecord.decode(payload) != nil, id != 0 else {
            throw .damaged("a lease is malformed")
        }
        leases += 1
        stateHash.add(try digester.digest(of: payload, at: RecordLog.place(of: LeaseID(id))))
    }

    public mutating func access(payload: UnsafeRawBufferPointer) throws(StoreError) {
        guard accessNumber == 0, let record = AccessRecord.decode(payload), record.number > 0
        else { throw .damaged("the access rules are malformed") }
        accessNumber = record.number
        stateHash.add(try digester.digest(of: payload, at: AccessRecord.place))
    }

    /// Throws unless everything is there that the summary says, and nothing else.
    public borrowing func check(against summary: ArchiveSummary) throws(StoreError) {
        guard records == summary.recordCount, leases == summary.leaseCount,
            accessNumber == summary.accessNumber
        else {
            throw .damaged(
                "there are \(records) records and \(leases) leases, "
                    + "\(summary.recordCount) and \(summary.leaseCount) were written")
        }
        guard stateHash == summary.stateHash else {
            throw .damaged(
                "the state hash is another: records are not the ones that were written")
        }
    }
}
