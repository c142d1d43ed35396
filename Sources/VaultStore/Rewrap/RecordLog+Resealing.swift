import LMDB
import VaultSeal

extension RecordLog {
    /// Carries out one slice of a sweep within `transaction`, which began after the last commit.
    func carryOn(
        _ sweep: RewrapSweep, in transaction: inout WriteTransaction
    ) throws(StoreError) -> RewrapSweep.Slice {
        var slice = RewrapSweep.Slice()
        let table = table(of: sweep.part)
        try scanRows(of: table, from: sweep.start) { (key, sealed) throws(StoreError) in
            guard slice.visited < Limits.rewrapSliceVisitsMax,
                slice.resealed < Limits.rewrapSliceRecordsMax,
                slice.bytes < Limits.rewrapSliceBytesMax
            else {
                slice.resume = Bytes(key)
                return false
            }
            slice.visited += 1
            guard let number = RecordCipher.dataKeyNumber(of: sealed) else {
                throw .damaged("a row is no record")
            }
            guard number < sweep.target else { return true }
            guard !sweep.isChecking else {
                slice.older += 1
                return true
            }
            // `sealed` lies in a page that the snapshot of this scan keeps as it is. The head needs
            // no more than the commit, which seals it.
            if let place = try Self.place(of: key, in: sweep.part) {
                try reseal(
                    sealed, at: place, under: key, in: table, isLast: false, to: &transaction)
            }
            slice.resealed += 1
            slice.bytes += sealed.count
            return true
        }
        return slice
    }

    /// Puts a row, sealed once more under the newest data key.
    func reseal(
        _ sealed: UnsafeRawBufferPointer, at place: RecordPlace,
        under key: UnsafeRawBufferPointer, in table: Table, isLast: Bool,
        to transaction: inout WriteTransaction
    ) throws(StoreError) {
        let cipher = cipher
        var failure: SealError?
        try Self.reserve(table, key, count: sealed.count, isLast: isLast, in: &transaction) {
            (output) in
            do throws(SealError) {
                try cipher.reseal(sealed, at: place, into: output)
            } catch { failure = error }
        }
        switch failure {
        case nil: break
        case .closed: throw .closed
        case .some: throw .damaged("the record at \(Self.name(of: place)) does not verify")
        }
    }

    /// Counts rows by the data key that they say they are sealed under, from `start` on; returns
    /// where the next call begins, nil at the end of the table.
    func countDataKeys(
        of part: RewrapSweep.Part, from start: Bytes, into counts: inout [UInt32: Int]
    ) throws(StoreError) -> Bytes? {
        var left = Limits.rewrapSliceVisitsMax
        var resume: Bytes?
        try scanRows(of: table(of: part), from: start) { (key, sealed) throws(StoreError) in
            guard left > 0 else {
                resume = Bytes(key)
                return false
            }
            left -= 1
            guard let number = RecordCipher.dataKeyNumber(of: sealed) else {
                throw .damaged("a row is no record")
            }
            counts[number, default: 0] += 1
            return true
        }
        return resume
    }

    private func table(of part: RewrapSweep.Part) -> Table {
        switch part {
        case .state: state
        case .log: log
        case .leases: leases
        }
    }

    /// nil for the head.
    private static func place(
        of key: UnsafeRawBufferPointer, in part: RewrapSweep.Part
    ) throws(StoreError) -> RecordPlace? {
        switch part {
        case .state:
            guard !key.elementsEqual(headKey) else { return nil }
            guard key.elementsEqual(AccessRecord.key) else {
                throw .damaged("the state table has an entry that nobody wrote")
            }
            return .table(id: AccessRecord.tableID, key: 0)
        case .log:
            guard let place = LogKey(key) else {
                throw .damaged("a record lies under no revision")
            }
            return .log(main: UInt64(bitPattern: place.main), sub: place.sub)
        case .leases:
            guard let id = LeaseRecord.id(key) else {
                throw .damaged("a lease lies under no number")
            }
            return .table(id: LeaseRecord.tableID, key: UInt64(bitPattern: id.rawValue))
        }
    }

    private static func name(of place: RecordPlace) -> String {
        switch place {
        case .log(let main, let sub): "revision \(main).\(sub)"
        case .state: "the head"
        case .table(let id, let key): "row \(key) of table \(id)"
        }
    }

    private func scanRows(
        of table: Table, from start: Bytes,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try environment.read(failure: StoreError.init) { (snapshot) throws(StoreError) in
            let outcome: Result<Void, StoreError> = start.withUnsafeBytes { start in
                do throws(StoreError) {
                    try snapshot.visit(table, from: start, failure: StoreError.init, body)
                    return .success(())
                } catch { return .failure(error) }
            }
            try outcome.get()
        }
    }
}
