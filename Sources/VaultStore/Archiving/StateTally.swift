public import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Adds up what an archive says, record by record, to hold it against its summary.
public struct StateTally: ~Copyable {
    public private(set) var records: UInt64 = 0
    public private(set) var leases: UInt64 = 0
    public private(set) var stateHash = StateHash.zero
    /// The number of the access rules; 0 when there are none.
    public private(set) var accessNumber: UInt64 = 0

    private let key: StateHashKey
    private var message = [UInt8](repeating: 0, count: 1 << 16)
    private var last = LogKey(main: 0, sub: 0)

    public init(key: StateHashKey) {
        self.key = key
    }

    deinit { Self.wipe(message) }

    private static func wipe(_ bytes: consuming [UInt8]) {
        bytes.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
    }

    /// Takes in the next record, whose place must lie behind the last one's. Returns what it adds.
    @discardableResult
    public mutating func record(
        main: Int64, sub: UInt32, payload: UnsafeRawBufferPointer
    ) throws(StoreError) -> StateHash {
        guard main > last.main || (main == last.main && sub > last.sub), main > 0 else {
            throw .damaged("the record at \(main).\(sub) comes after \(last.main).\(last.sub)")
        }
        guard LogRecord.decode(payload) != nil else {
            throw .damaged("the record at \(main).\(sub) is malformed")
        }
        last = LogKey(main: main, sub: sub)
        records += 1
        return try add(payload, at: .log(main: UInt64(bitPattern: main), sub: sub))
    }

    @discardableResult
    public mutating func lease(
        id: Int64, payload: UnsafeRawBufferPointer
    ) throws(StoreError) -> StateHash {
        guard LeaseRecord.decode(payload) != nil, id != 0 else {
            throw .damaged("a lease is malformed")
        }
        leases += 1
        return try add(payload, at: RecordLog.place(of: LeaseID(id)))
    }

    @discardableResult
    public mutating func access(payload: UnsafeRawBufferPointer) throws(StoreError) -> StateHash {
        guard accessNumber == 0, let record = AccessRecord.decode(payload), record.number > 0
        else { throw .damaged("the access rules are malformed") }
        accessNumber = record.number
        return try add(payload, at: AccessRecord.place)
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

    private mutating func add(
        _ payload: UnsafeRawBufferPointer, at place: RecordPlace
    ) throws(StoreError) -> StateHash {
        let count = StateHashKey.placeCount + payload.count
        if message.count < count { message = [UInt8](repeating: 0, count: 2 * count) }
        let key = key
        let outcome: Result<StateHash, SealError> = message.withUnsafeMutableBytes { message in
            UnsafeMutableRawBufferPointer(rebasing: message[StateHashKey.placeCount..<count])
                .copyMemory(from: payload)
            do throws(SealError) {
                return .success(
                    try key.digest(
                        of: UnsafeMutableRawBufferPointer(rebasing: message[..<count]), at: place))
            } catch { return .failure(error) }
        }
        do throws(SealError) {
            let digest = try outcome.get()
            stateHash.add(digest)
            return digest
        } catch { throw .storage("a record could not be hashed: \(error)") }
    }
}
